#include "adapters/mariadb/client/address.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace slipway::adapters::mariadb {
namespace {

constexpr std::string_view kScheme = "mysql://";
constexpr std::size_t kMaxName = 64;  // MariaDB, "Identifier Names"; of users 128

std::unexpected<Error> wrong(std::string_view what) {
    return failure(Errc::invalid, "is no mysql://USER@HOST[:PORT]/DATABASE: " + std::string(what));
}

bool is_name(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    };
    return !text.empty() && text.size() <= kMaxName && std::ranges::all_of(text, allowed);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, port);
    return error == std::errc() && at == end && port != 0 ? std::optional(port) : std::nullopt;
}

// HOST, HOST:PORT or [IPv6]:PORT.
Result<> read_host(std::string_view text, ServerAddress& into) {
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) {
            return wrong("its host has no end");
        }
        into.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else {
        const auto colon = text.find(':');
        into.host = text.substr(0, colon);
        port = colon == std::string_view::npos ? "" : text.substr(colon);
    }
    if (into.host.empty()) {
        return wrong("it names no host");
    }
    if (port.empty()) {
        return {};
    }
    const auto number = port.front() == ':' ? parse_port(port.substr(1)) : std::nullopt;
    if (!number) {
        return wrong("its port is no number from 1 to 65535");
    }
    into.port = *number;
    return {};
}

}  // namespace

Result<ServerAddress> parse_server_address(std::string_view url) {
    if (!url.starts_with(kScheme)) {
        return wrong("it begins otherwise");
    }
    const auto rest = url.substr(kScheme.size());
    const auto at = rest.find('@');
    const auto slash = rest.find('/', at == std::string_view::npos ? 0 : at);
    if (at == std::string_view::npos || slash == std::string_view::npos) {
        return wrong("it names no user or no database");
    }
    ServerAddress address;
    address.user = rest.substr(0, at);
    address.database = rest.substr(slash + 1);
    if (address.user.contains(':')) {
        return wrong("the password has a file or a variable of its own");
    }
    if (!is_name(address.user) || !is_name(address.database)) {
        return wrong("names consist of letters, digits, dots, dashes and underscores");
    }
    if (auto read = read_host(rest.substr(at + 1, slash - at - 1), address); !read) {
        return std::unexpected(read.error());
    }
    return address;
}

}  // namespace slipway::adapters::mariadb
