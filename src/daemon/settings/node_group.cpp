// What a server is among others: its place in Consul, its secrets, its log.
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "daemon/settings/setting_groups.hpp"
#include "daemon/settings/setting_kinds.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

void add_consul(std::vector<Setting>& all) {
    using namespace std::chrono_literals;
    all.push_back(text_setting("consul.address",
                               "http[s]://HOST:PORT of the Consul agent that this server registers "
                               "with; empty: none",
                               [](auto& c) -> auto& { return c.consul.address; }));
    all.push_back(text_setting("consul.token_file", "file of the token for Consul",
                               [](auto& c) -> auto& { return c.consul.token_file; }));
    all.push_back(text_setting(
        "consul.ca", "certificates of the authorities that https trusts; empty: the system's",
        [](auto& c) -> auto& { return c.consul.ca; }));
    all.push_back(text_setting("consul.service", "the name of the service in Consul",
                               [](auto& c) -> auto& { return c.consul.service; }));
    all.push_back(optional_address_setting(
        "consul.advertise",
        "HOST:PORT at which others reach this server; port 0: that in use; empty: server.listen",
        [](auto& c) -> auto& { return c.consul.advertise; }));
    all.push_back(text_setting("consul.tags", "of the service, separated by commas",
                               [](auto& c) -> auto& { return c.consul.tags; }));
    all.push_back(text_setting("consul.zone", "where this server stands, for who chooses by it",
                               [](auto& c) -> auto& { return c.consul.zone; }));
    all.push_back(number_setting("consul.weight", "how much of the load this server takes", 1,
                                 65'535, [](auto& c) -> auto& { return c.consul.weight; }));
    all.push_back(duration_setting(
        "consul.drain_wait",
        "between leaving Consul and taking no more, so that others hear of it first", 0ms, 5min,
        [](auto& c) -> auto& { return c.consul.drain_wait; }));
}

void add_auth(std::vector<Setting>& all) {
    all.push_back(text_setting("auth.api_key_file", "file that holds the administrator's key",
                               [](auto& c) -> auto& { return c.auth.api_key_file; }));
    all.push_back(text_setting("auth.cluster_secret_file",
                               "file of the secret that the servers of one database share, unless "
                               "SLIPWAY_AUTH_CLUSTER_SECRET is it",
                               [](auto& c) -> auto& { return c.auth.cluster_secret_file; }));
}

namespace {

constexpr std::array<std::pair<std::string_view, telemetry::Level>, 5> kLevels = {
    {{"debug", telemetry::Level::debug},
     {"info", telemetry::Level::info},
     {"warn", telemetry::Level::warn},
     {"error", telemetry::Level::error},
     {"off", telemetry::Level::off}}};

Setting level_setting() {
    return {"log.level", ValueKind::text, "debug, info, warn, error or off",
            [](Config& config, std::string_view text) -> Reason {
                for (const auto& [name, level] : kLevels) {
                    if (name == text) {
                        config.log.level = level;
                        return std::nullopt;
                    }
                }
                return "must be debug, info, warn, error or off";
            },
            [](const Config& config) {
                for (const auto& [name, level] : kLevels) {
                    if (level == config.log.level) {
                        return std::string(name);
                    }
                }
                return std::string();
            }};
}

}  // namespace

void add_log(std::vector<Setting>& all) {
    all.push_back(level_setting());
}

}  // namespace slipway::daemon
