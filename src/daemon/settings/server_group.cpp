// Where a server listens, and how long it waits for its clients.
#include <chrono>
#include <ranges>
#include <string_view>

#include "base/network.hpp"
#include "daemon/settings/setting_groups.hpp"
#include "daemon/settings/setting_kinds.hpp"

namespace slipway::daemon {

namespace {

Setting listen_setting() {
    return {"server.listen", ValueKind::text, "HOST:PORT to serve on; port 0 picks a free one",
            [](Config& config, std::string_view text) -> Reason {
                const auto address = parse_address(text);
                if (!address) {
                    return "must be HOST:PORT";
                }
                config.server.listen = *address;
                return std::nullopt;
            },
            [](const Config& config) { return format_address(config.server.listen); }};
}

Setting public_url_setting() {
    return {"server.public_url", ValueKind::text,
            "how clients reach this server, for signed URLs; empty: as the request's Host says",
            [](Config& config, std::string_view text) -> Reason {
                const bool is_url = text.starts_with("http://") || text.starts_with("https://");
                if (!text.empty() &&
                    (!is_url || text.ends_with('/') || text.find_first_of(" ?#") != text.npos)) {
                    return "must be http://HOST or https://HOST, without a slash at the end";
                }
                config.server.public_url = std::string(text);
                return std::nullopt;
            },
            [](const Config& config) { return config.server.public_url; }};
}

Setting proxies_setting() {
    return {"server.trusted_proxies", ValueKind::text,
            "addresses, separated by commas, whose X-Forwarded-For is believed",
            [](Config& config, std::string_view text) -> Reason {
                for (const auto part : text | std::views::split(',')) {
                    if (!text.empty() && !is_address(std::string_view(part.begin(), part.end()))) {
                        return "must be addresses, separated by commas, without blanks";
                    }
                }
                config.server.trusted_proxies = std::string(text);
                return std::nullopt;
            },
            [](const Config& config) { return config.server.trusted_proxies; }};
}

}  // namespace

void add_server(std::vector<Setting>& all) {
    using namespace std::chrono_literals;
    all.push_back(listen_setting());
    all.push_back(optional_address_setting(
        "server.admin_listen",
        "HOST:PORT for health, metrics and administration, which are then nowhere else; empty: "
        "with the rest",
        [](auto& c) -> auto& { return c.server.admin_listen; }));
    all.push_back(public_url_setting());
    all.push_back(number_setting("server.threads", "event loops; 0: one for each core", 0, 256,
                                 [](auto& c) -> auto& { return c.server.threads; }));
    all.push_back(number_setting("server.max_connections",
                                 "connections at a time; more are answered 503", 1, 1'000'000,
                                 [](auto& c) -> auto& { return c.server.max_connections; }));
    all.push_back(size_setting("server.max_head", "most bytes of a request's head", 1_KiB,
                               [](auto& c) -> auto& { return c.server.max_head; }));
    all.push_back(proxies_setting());
    all.push_back(duration_setting("server.head_timeout", "for a request's head to arrive", 100ms,
                                   1h, [](auto& c) -> auto& { return c.server.head_timeout; }));
    all.push_back(duration_setting("server.idle_timeout", "of a connection between requests", 100ms,
                                   24h, [](auto& c) -> auto& { return c.server.idle_timeout; }));
    all.push_back(duration_setting("server.stall_timeout", "without one byte of progress in a body",
                                   100ms, 24h,
                                   [](auto& c) -> auto& { return c.server.stall_timeout; }));
    all.push_back(duration_setting("server.body_timeout",
                                   "for the whole body of a request that is no part", 100ms, 24h,
                                   [](auto& c) -> auto& { return c.server.body_timeout; }));
    all.push_back(duration_setting("server.drain_timeout",
                                   "for requests in flight to finish after SIGTERM", 0ms, 24h,
                                   [](auto& c) -> auto& { return c.server.drain_timeout; }));
}

}  // namespace slipway::daemon
