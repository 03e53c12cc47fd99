// What the queries of signed URLs have in common: each has exactly its parameters, each number one
// text, and the host that is signed is the one that clients know.
#pragma once

#include <charconv>
#include <optional>
#include <span>
#include <string_view>

#include "http/message.hpp"

namespace slipway::api {

// Digits only, no leading zero: one number has one text.
template <class Number>
std::optional<Number> parse_canonical(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool canonical =
        !text.empty() && (text.size() == 1 || text.front() != '0') && text.front() != '-';
    if (error != std::errc() || end != text.data() + text.size() || !canonical) {
        return std::nullopt;
    }
    return value;
}

// "upload.example.org" of "https://upload.example.org/x"
std::string_view host_of(std::string_view url);

// Each of them once, and no other.
bool has_exactly(const http::Target& target, std::span<const std::string_view> names);

}  // namespace slipway::api
