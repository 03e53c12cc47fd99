#include "http/authority.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "http/message.hpp"

namespace slipway::http {

namespace {

bool is_lower_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_name_character(char c) {
    return is_lower_or_digit(c) || std::string_view("-._~!$&'()*+;=%").contains(c);
}

bool is_address_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

// What stands after the host: nothing, or a colon and a number, which may be left out.
bool is_port(std::string_view text) {
    if (text.empty() || text == ":") {
        return true;
    }
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 1, end, port);
    return text.front() == ':' && error == std::errc{} && stop == end;
}

}  // namespace

std::optional<std::string> parse_authority(std::string_view text) {
    std::string authority(text);
    std::ranges::transform(authority, authority.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const std::string_view lower = authority;
    const bool literal = lower.starts_with('[');
    const auto host_end = literal ? lower.find(']') : std::min(lower.find(':'), lower.size());
    if (host_end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto host = lower.substr(literal ? 1 : 0, host_end - (literal ? 1 : 0));
    const bool is_host = literal
                             ? host.contains(':') && std::ranges::all_of(host, is_address_character)
                             : std::ranges::all_of(host, is_name_character);
    if (!is_host || !is_port(lower.substr(host_end + (literal ? 1 : 0)))) {
        return std::nullopt;
    }
    return authority;
}

std::optional<AbsoluteTarget> split_absolute_target(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) {
            continue;
        }
        target.remove_prefix(scheme.size());
        const auto end = std::min(target.find_first_of("/?#"), target.size());
        std::string rest(target.substr(end));
        if (!rest.starts_with('/')) {
            rest.insert(0, 1, '/');
        }
        return AbsoluteTarget{target.substr(0, end), std::move(rest)};
    }
    return std::nullopt;
}

}  // namespace slipway::http
