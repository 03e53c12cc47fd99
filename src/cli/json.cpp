#include "cli/json.hpp"

#include <boost/json/parse.hpp>

#include "base/encoding.hpp"

namespace slipway::cli {

namespace json = boost::json;

namespace {

std::unexpected<Error> unexpected_member(std::string_view name) {
    return failure(Errc::invalid, "the answer has no usable member " + std::string(name));
}

}  // namespace

Result<json::object> parse_object(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    if (error || !value.is_object()) {
        return failure(Errc::invalid, "the answer is no JSON object");
    }
    return std::move(value.get_object());
}

Result<std::string> read_string(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) {
        return unexpected_member(name);
    }
    return std::string(value->get_string());
}

Result<std::uint64_t> read_number(const json::object& object, std::string_view name) {
    const auto value = number_of(object, name);
    if (!value) {
        return unexpected_member(name);
    }
    return *value;
}

Result<Sha256> read_sha256(const json::object& object, std::string_view name) {
    Sha256 digest;
    if (!decode_hex(text_of(object, name), digest.bytes)) {
        return unexpected_member(name);
    }
    return digest;
}

Result<json::array> read_array(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_array()) {
        return unexpected_member(name);
    }
    return value->get_array();
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

std::optional<std::uint64_t> number_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value != nullptr && value->is_uint64()) {
        return value->get_uint64();
    }
    if (value != nullptr && value->is_int64() && value->get_int64() >= 0) {
        return static_cast<std::uint64_t>(value->get_int64());
    }
    return std::nullopt;
}

}  // namespace slipway::cli
