// Where records are kept: MariaDB, and Redis in front of it.
#include <cstdint>
#include <string_view>

#include "daemon/metadata_settings.hpp"
#include "daemon/settings/setting_groups.hpp"
#include "daemon/settings/setting_kinds.hpp"

namespace slipway::daemon {

namespace {

Setting metadata_kind_setting() {
    return {"metadata.kind", ValueKind::text,
            "where uploads, files, tasks and keys are recorded: embedded, or mariadb",
            [](Config& config, std::string_view text) -> Reason {
                if (text != kEmbeddedMetadata && text != kMariaDbMetadata) {
                    return "must be embedded or mariadb";
                }
                config.metadata.kind = std::string(text);
                return std::nullopt;
            },
            [](const Config& config) { return config.metadata.kind; }};
}

Setting metadata_ack_setting() {
    return {"metadata.ack", ValueKind::text,
            "who has to have the record of a part below 5MiB before it is acknowledged: mysql, or "
            "redis, which is quicker, and MariaDB a moment later (docs/cluster.md)",
            [](Config& config, std::string_view text) -> Reason {
                if (text != kAckByMariaDb && text != kAckByRedis) {
                    return "must be mysql or redis";
                }
                config.metadata.ack = std::string(text);
                return std::nullopt;
            },
            [](const Config& config) { return config.metadata.ack; }};
}

}  // namespace

void add_metadata(std::vector<Setting>& all) {
    all.push_back(metadata_kind_setting());
    all.push_back(text_setting("metadata.url", "of MariaDB: mysql://USER@HOST[:PORT]/DATABASE",
                               [](auto& c) -> auto& { return c.metadata.url; }));
    all.push_back(
        text_setting("metadata.password_file",
                     "file of the user's password, unless SLIPWAY_METADATA_PASSWORD is it",
                     [](auto& c) -> auto& { return c.metadata.password_file; }));
    all.push_back(boolean_setting("metadata.tls",
                                  "speaks TLS with MariaDB and checks its certificate",
                                  [](auto& c) -> auto& { return c.metadata.tls; }));
    all.push_back(text_setting("metadata.ca",
                               "certificates of the authorities that MariaDB's may be signed by; "
                               "empty: the system's",
                               [](auto& c) -> auto& { return c.metadata.ca; }));
    all.push_back(number_setting("metadata.connections", "to MariaDB, at most", 3, 256,
                                 [](auto& c) -> auto& { return c.metadata.connections; }));
    all.push_back(metadata_ack_setting());
}

void add_redis(std::vector<Setting>& all) {
    constexpr std::uint64_t kMostDatabases = 65'535;
    all.push_back(
        text_setting("redis.address",
                     "HOST:PORT of a Redis that keeps uploads in front of MariaDB; empty: "
                     "none",
                     [](auto& c) -> auto& { return c.redis.address; }));
    all.push_back(text_setting("redis.sentinels",
                               "HOST:PORT,HOST:PORT of the sentinels that know the master, instead",
                               [](auto& c) -> auto& { return c.redis.sentinels; }));
    all.push_back(text_setting("redis.master_name", "what the sentinels call it",
                               [](auto& c) -> auto& { return c.redis.master_name; }));
    all.push_back(text_setting("redis.password_file",
                               "file of its password, unless SLIPWAY_REDIS_PASSWORD is it",
                               [](auto& c) -> auto& { return c.redis.password_file; }));
    all.push_back(text_setting(
        "redis.sentinel_password_file",
        "file of the sentinels' password, unless SLIPWAY_REDIS_SENTINEL_PASSWORD is it",
        [](auto& c) -> auto& { return c.redis.sentinel_password_file; }));
    all.push_back(boolean_setting(
        "redis.tls", "speaks TLS with Redis and the sentinels and checks their certificates",
        [](auto& c) -> auto& { return c.redis.tls; }));
    all.push_back(text_setting("redis.ca",
                               "certificates of the authorities that theirs may be signed by; "
                               "empty: the system's",
                               [](auto& c) -> auto& { return c.redis.ca; }));
    all.push_back(number_setting("redis.database", "its number, as SELECT takes it", 0,
                                 kMostDatabases,
                                 [](auto& c) -> auto& { return c.redis.database; }));
}

}  // namespace slipway::daemon
