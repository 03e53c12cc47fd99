#include "api/form/form_fields.hpp"

#include <utility>

#include "api/native/limits.hpp"
#include "base/encoding.hpp"
#include "core/file_name.hpp"
#include "http/message.hpp"

namespace slipway::api::form {

namespace {

std::unexpected<http::FormFault> fault(std::string reason) {
    return std::unexpected(http::FormFault{std::move(reason)});
}

template <class Digest>
std::expected<void, http::FormFault> state(std::optional<Digest>& stated,
                                           const http::FormField& field) {
    Digest digest;
    if (!decode_hex(field.value, digest.bytes)) {
        return fault("a field " + field.name + " that is not lower-case hexadecimal");
    }
    if (std::exchange(stated, digest)) {
        return fault("two fields " + field.name + " for one file");
    }
    return {};
}

}  // namespace

std::expected<void, http::FormFault> FormFields::add(http::FormField field) {
    if (field.name == "sha256") {
        return state(stated_.sha256, field);
    }
    if (field.name == "md5") {
        return state(stated_.md5, field);
    }
    if (field.name == "upload") {
        return fault("a field upload that is no file");
    }
    if (field.name == "_charset_") {
        return http::equals_ignoring_case(field.value, "UTF-8")
                   ? std::expected<void, http::FormFault>()
                   : fault("another charset than UTF-8");
    }
    return add_metadata(std::move(field));
}

std::expected<void, http::FormFault> FormFields::add_metadata(http::FormField field) {
    metadata_bytes_ += field.name.size() + field.value.size();
    if (metadata_bytes_ > native::kMaxMetadata) {
        return fault("fields of more than " + std::to_string(native::kMaxMetadata) +
                     " bytes in names and values");
    }
    const auto [at, is_new] = metadata_.try_emplace(std::move(field.name), std::move(field.value));
    return is_new ? std::expected<void, http::FormFault>() : fault("two fields " + at->first);
}

StatedDigests FormFields::take_stated() {
    return std::exchange(stated_, {});
}

std::expected<void, http::FormFault> FormFields::finish() const {
    if (stated_.sha256 || stated_.md5) {
        return fault("a digest that no file follows");
    }
    return {};
}

std::string_view base_name(std::string_view name) {
    const bool has_drive = name.size() >= 3 && name.substr(1, 2) == ":\\";
    const std::size_t end = name.find_last_of(has_drive ? "/\\" : "/");
    return end == std::string_view::npos ? name : name.substr(end + 1);
}

std::optional<http::FormFault> find_fault(const http::FormFile& file) {
    if (!core::is_file_name(base_name(file.name))) {
        return http::FormFault{
            "a file name that is not 1 to 255 bytes of UTF-8 without control characters"};
    }
    if (!native::is_content_type(file.content_type)) {
        return http::FormFault{"a Content-Type that is not at most 255 printable characters"};
    }
    return std::nullopt;
}

}  // namespace slipway::api::form
