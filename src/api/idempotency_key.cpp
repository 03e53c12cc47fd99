#include "api/idempotency_key.hpp"

#include <algorithm>

namespace slipway::api {

namespace {

constexpr std::string_view kField = "Idempotency-Key";

bool is_printable(char c) {
    return c >= 0x20 && c <= 0x7e;
}

// RFC 8941 section 3.3.3, without parameters.
std::optional<std::string> parse_string(std::string_view text) {
    if (text.size() < 2 || text.back() != '"') {
        return std::nullopt;
    }
    std::string out;
    const std::string_view inner = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < inner.size(); ++i) {
        if (inner[i] == '\\') {
            ++i;
            if (i == inner.size() || (inner[i] != '"' && inner[i] != '\\')) {
                return std::nullopt;
            }
        } else if (inner[i] == '"' || !is_printable(inner[i])) {
            return std::nullopt;
        }
        out.push_back(inner[i]);
    }
    return out;
}

// Visible, and nothing with which lists, parameters and strings are made.
bool is_bare(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return is_printable(c) && !std::string_view(" \"\\,;").contains(c); });
}

}  // namespace

std::expected<std::optional<std::string>, MemberFault> idempotency_key(
    const http::Headers& headers) {
    const auto field = headers.find(kField);
    if (!field) {
        return std::nullopt;
    }
    std::optional<std::string> key;
    if (headers.count(kField) == 1) {
        key = field->starts_with('"') ? parse_string(*field)
              : is_bare(*field)       ? std::optional<std::string>(*field)
                                      : std::nullopt;
    }
    if (!key || key->empty() || key->size() > kMaxIdempotencyKey) {
        return std::unexpected(MemberFault{
            std::string(kField), "must be one string or token of 1 to 255 printable bytes"});
    }
    return key;
}

}  // namespace slipway::api
