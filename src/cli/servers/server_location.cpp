#include "cli/servers/server_location.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/client.hpp"

namespace slipway::cli {

namespace {

constexpr std::string_view kConsul = "consul://";
constexpr std::string_view kSrv = "srv://";
constexpr std::size_t kLongestName = 253;

bool is_label(std::string_view text) {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, is_allowed);
}

bool is_dns_name(std::string_view text) {
    if (text.ends_with('.')) {
        text.remove_suffix(1);
    }
    if (text.empty() || text.size() > kLongestName) {
        return false;
    }
    while (!text.empty()) {
        const auto label = text.substr(0, text.find('.'));
        if (!is_label(label)) {
            return false;
        }
        text.remove_prefix(std::min(text.size(), label.size() + 1));
    }
    return true;
}

Outcome<ServerLocation> parse_consul(std::string_view rest) {
    const auto slash = rest.find('/');
    const std::string address = "http://" + std::string(rest.substr(0, slash));
    const auto service = slash == std::string_view::npos ? "" : rest.substr(slash + 1);
    if (!http::check_client_url(address) || !is_label(service)) {
        return fail(ExitCode::usage,
                    "not consul://HOST:PORT/SERVICE: consul://" + std::string(rest));
    }
    return ConsulService{address, std::string(service)};
}

}  // namespace

Outcome<ServerLocation> parse_location(std::string_view text) {
    while (text.ends_with('/')) {
        text.remove_suffix(1);
    }
    if (text.starts_with(kConsul)) {
        return parse_consul(text.substr(kConsul.size()));
    }
    if (text.starts_with(kSrv)) {
        const auto name = text.substr(kSrv.size());
        return is_dns_name(name) ? Outcome<ServerLocation>(SrvName{std::string(name)})
                                 : fail(ExitCode::usage, "not srv://NAME: " + std::string(text));
    }
    const auto url = http::check_client_url(text);
    if (!url || text.find_first_of("?#") != std::string_view::npos) {
        return fail(ExitCode::usage, url ? "the server's URL has no query" : url.error().detail);
    }
    return OneServer{std::string(text)};
}

Outcome<Resolver> parse_resolver(std::string_view text) {
    const auto colon = text.find(':');
    Resolver resolver{.address = std::string(text.substr(0, colon))};
    in_addr ignored{};
    bool is_valid = ::inet_pton(AF_INET, resolver.address.c_str(), &ignored) == 1;
    if (colon != std::string_view::npos) {
        const auto port = text.substr(colon + 1);
        const auto [at, error] =
            std::from_chars(port.data(), port.data() + port.size(), resolver.port);
        is_valid = is_valid && error == std::errc{} && at == port.data() + port.size() &&
                   resolver.port != 0;
    }
    if (!is_valid) {
        return fail(ExitCode::usage, "not an IPv4 address, or ADDRESS:PORT: " + std::string(text));
    }
    return resolver;
}

}  // namespace slipway::cli
