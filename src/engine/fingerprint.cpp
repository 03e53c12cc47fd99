#include "engine/fingerprint.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "hash/digester.hpp"

namespace slipway::engine {
namespace {

// Each value in a form in which no two follow each other alike: with its length, or of a fixed one.
class Fingerprint {
 public:
    void number(std::uint64_t value) {
        std::array<std::byte, sizeof value> bytes{};
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            bytes[i] = static_cast<std::byte>(value >> (8U * i));
        }
        hasher_.update(bytes);
    }
    void text(std::string_view value) {
        number(value.size());
        hasher_.update(std::as_bytes(std::span(value)));
    }
    template <class Digest>
    void digest(const std::optional<Digest>& value) {
        number(value.has_value());
        if (value) {
            hasher_.update(value->view());
        }
    }
    void optional_number(const std::optional<std::uint64_t>& value) {
        number(value.has_value());
        number(value.value_or(0));
    }
    Sha256 finish() { return hasher_.finish(); }

 private:
    hash::Sha256Hasher hasher_;
};

}  // namespace

Sha256 fingerprint_of(const NewUpload& wanted) {
    Fingerprint out;
    out.text("slipway-create-upload-v1");
    out.text(wanted.file_name);
    out.text(wanted.content_type);
    out.number(wanted.plan.total_parts);
    out.number(wanted.plan.part_size.value());
    out.number(static_cast<std::uint64_t>(wanted.plan.sizes));
    out.optional_number(wanted.plan.file_size ? std::optional(wanted.plan.file_size->value())
                                              : std::nullopt);
    out.number(static_cast<std::uint64_t>(wanted.checksum));
    out.digest(wanted.declared.sha256);
    out.digest(wanted.declared.md5);
    out.number(wanted.complete_when_full);
    out.number(wanted.metadata.size());
    for (const auto& [name, value] : wanted.metadata) {
        out.text(name);
        out.text(value);
    }
    out.optional_number(wanted.expires_in
                            ? std::optional(static_cast<std::uint64_t>(wanted.expires_in->count()))
                            : std::nullopt);
    // Behind all, and only where it is: what was asked for before there was any stays the same.
    if (wanted.direct) {
        out.text("direct");
    }
    return out.finish();
}

core::CompletionKey completion_key_of(std::string_view key, const CompleteRequest& request) {
    Fingerprint out;
    out.text("slipway-complete-upload-v1");
    out.number(request.parts.has_value());
    auto parts = request.parts.value_or(std::vector<core::StatedPart>());
    std::ranges::sort(parts, {}, &core::StatedPart::number);
    out.number(parts.size());
    for (const core::StatedPart& part : parts) {
        out.number(part.number.value());
        out.digest(part.sha256);
        out.digest(part.md5);
    }
    out.digest(request.sha256);
    out.optional_number(request.total_parts);
    return {.key = hash::sha256(std::as_bytes(std::span(key))), .fingerprint = out.finish()};
}

}  // namespace slipway::engine
