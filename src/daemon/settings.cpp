#include "daemon/settings.hpp"

#include <array>
#include <cstdint>
#include <ranges>
#include <type_traits>
#include <utility>

#include "base/network.hpp"
#include "core/part_plan.hpp"
#include "daemon/cluster/cluster_settings.hpp"
#include "daemon/consul/consul_settings.hpp"
#include "daemon/kafka/kafka_settings.hpp"
#include "daemon/metadata_settings.hpp"
#include "daemon/redis_settings.hpp"
#include "daemon/small_parts.hpp"
#include "daemon/values.hpp"
#include "daemon/webhook_settings.hpp"
#include "runtime/buffer_pool.hpp"

namespace slipway::daemon {

namespace {

using Reason = std::optional<std::string>;

template <class Access>
Setting text_setting(std::string name, std::string help, Access access) {
    return {std::move(name), ValueKind::text, std::move(help),
            [access](Config& config, std::string_view text) -> Reason {
                access(config) = std::string(text);
                return std::nullopt;
            },
            [access](const Config& config) { return access(config); }};
}

template <class Access>
Setting number_setting(std::string name, std::string help, std::uint64_t least, std::uint64_t most,
                       Access access) {
    return {std::move(name), ValueKind::number, std::move(help),
            [access, least, most](Config& config, std::string_view text) -> Reason {
                const auto value = parse_number(text);
                if (!value || *value < least || *value > most) {
                    return "must be a whole number from " + std::to_string(least) + " to " +
                           std::to_string(most);
                }
                access(config) =
                    static_cast<std::remove_reference_t<decltype(access(config))>>(*value);
                return std::nullopt;
            },
            [access](const Config& config) { return std::to_string(access(config)); }};
}

template <class Access>
Setting fraction_setting(std::string name, std::string help, Access access) {
    return {std::move(name), ValueKind::fraction, std::move(help),
            [access](Config& config, std::string_view text) -> Reason {
                const auto value = parse_fraction(text);
                if (!value) {
                    return "must be a number from 0 to 1, such as 0.25";
                }
                access(config) = *value;
                return std::nullopt;
            },
            [access](const Config& config) { return format_fraction(access(config)); }};
}

template <class Access>
Setting boolean_setting(std::string name, std::string help, Access access) {
    return {std::move(name), ValueKind::boolean, std::move(help),
            [access](Config& config, std::string_view text) -> Reason {
                if (text != "true" && text != "false") {
                    return "must be true or false";
                }
                access(config) = text == "true";
                return std::nullopt;
            },
            [access](const Config& config) { return access(config) ? "true" : "false"; }};
}

template <class Access>
Setting size_setting(std::string name, std::string help, ByteCount least, Access access) {
    return {std::move(name), ValueKind::size, std::move(help),
            [access, least](Config& config, std::string_view text) -> Reason {
                const auto value = parse_size(text);
                if (!value || *value < least) {
                    return "must be a size such as \"64MiB\", at least " + format_size(least);
                }
                access(config) = *value;
                return std::nullopt;
            },
            [access](const Config& config) { return format_size(access(config)); }};
}

template <class Access>
Setting duration_setting(std::string name, std::string help, std::chrono::milliseconds least,
                         std::chrono::milliseconds most, Access access) {
    return {std::move(name), ValueKind::duration, std::move(help),
            [access, least, most](Config& config, std::string_view text) -> Reason {
                const auto value = parse_duration(text);
                if (!value || *value < least || *value > most) {
                    return "must be a duration such as \"30s\", from " + format_duration(least) +
                           " to " + format_duration(most);
                }
                access(config) = *value;
                return std::nullopt;
            },
            [access](const Config& config) { return format_duration(access(config)); }};
}

// HOST:PORT, or nothing.
template <class Access>
Setting optional_address_setting(std::string name, std::string help, Access access) {
    return {std::move(name), ValueKind::text, std::move(help),
            [access](Config& config, std::string_view text) -> Reason {
                access(config) = parse_address(text);
                return text.empty() || access(config) ? Reason() : Reason("must be HOST:PORT");
            },
            [access](const Config& config) {
                const auto& address = access(config);
                return address ? format_address(*address) : std::string();
            }};
}

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

Setting small_parts_setting() {
    return {
        "storage.small_parts", ValueKind::text,
        "auto, disk or store: where parts wait that are too small for an S3 store; auto: in the "
        "store where metadata.kind is mariadb",
        [](Config& config, std::string_view text) -> Reason {
            if (text != "auto" && text != "disk" && text != "store") {
                return "must be auto, disk or store";
            }
            config.storage.small_parts = std::string(text);
            return std::nullopt;
        },
        [](const Config& config) { return config.storage.small_parts; }};
}

void add_storage(std::vector<Setting>& all) {
    all.push_back(text_setting("storage.data_dir", "where everything is kept",
                               [](auto& c) -> auto& { return c.storage.data_dir; }));
    all.push_back(size_setting(
        "storage.min_free",
        "room that uploads may not take; 0: 1GiB, or 1% of the disk where that is less", 0_B,
        [](auto& c) -> auto& { return c.storage.min_free; }));
    all.push_back(number_setting("storage.io_threads", "threads for blocking disk calls", 1, 256,
                                 [](auto& c) -> auto& { return c.storage.io_threads; }));
    all.push_back(small_parts_setting());
}

Setting lost_parts_setting() {
    return {"stores.lost_parts", ValueKind::text,
            "resend or wait: what becomes of parts whose stores are down",
            [](Config& config, std::string_view text) -> Reason {
                if (text != "resend" && text != "wait") {
                    return "must be resend or wait";
                }
                config.placing.wait_for_lost_parts = text == "wait";
                return std::nullopt;
            },
            [](const Config& config) {
                return std::string(config.placing.wait_for_lost_parts ? "wait" : "resend");
            }};
}

void add_stores(std::vector<Setting>& all) {
    all.push_back(number_setting("stores.replicas",
                                 "stores that each part is written to before it is acknowledged", 1,
                                 4, [](auto& c) -> auto& { return c.placing.replicas; }));
    all.push_back(lost_parts_setting());
}

void add_upkeep(std::vector<Setting>& all) {
    using namespace std::chrono_literals;
    constexpr auto kYear = std::chrono::milliseconds(24h * 366);
    all.push_back(duration_setting(
        "storage.trash_keep", "how long deleted files and orphans stay in the trash; 0s: no trash",
        0ms, kYear, [](auto& c) -> auto& { return c.storage.trash_keep; }));
    all.push_back(duration_setting("storage.orphan_age",
                                   "how long bytes must be without a record to be trashed", 1s,
                                   kYear, [](auto& c) -> auto& { return c.storage.orphan_age; }));
    all.push_back(duration_setting("storage.upkeep_interval",
                                   "between two looks at the trash and for orphans", 100ms, 24h,
                                   [](auto& c) -> auto& { return c.storage.upkeep_interval; }));
    all.push_back(size_setting("storage.scrub_rate",
                               "bytes a second that the scrubber reads; 0: as many as it can", 0_B,
                               [](auto& c) -> auto& { return c.storage.scrub_rate; }));
    all.push_back(duration_setting("storage.scrub_interval",
                                   "between two readings of every stored file", 100ms, kYear,
                                   [](auto& c) -> auto& { return c.storage.scrub_interval; }));
    all.push_back(duration_setting("storage.copy_scan_interval",
                                   "between two looks for files that lack their copy", 100ms, kYear,
                                   [](auto& c) -> auto& { return c.storage.copy_scan_interval; }));
    all.push_back(number_setting("tasks.workers", "background tasks at a time", 1, 64,
                                 [](auto& c) -> auto& { return c.tasks.workers; }));
    all.push_back(duration_setting("tasks.poll", "how late a task that is due is noticed at most",
                                   10ms, 1h, [](auto& c) -> auto& { return c.tasks.poll; }));
    all.push_back(duration_setting(
        "tasks.lease",
        "how long the tasks of a server that died wait for another, where several share them", 1s,
        1h, [](auto& c) -> auto& { return c.tasks.lease; }));
}

void add_uploads(std::vector<Setting>& all) {
    using namespace std::chrono_literals;
    constexpr auto kYear = std::chrono::milliseconds(24h * 366);
    all.push_back(duration_setting("uploads.default_expiry", "life of an upload that states none",
                                   60s, kYear,
                                   [](auto& c) -> auto& { return c.uploads.default_expiry; }));
    all.push_back(duration_setting("uploads.max_expiry", "longest life of an upload", 60s, kYear,
                                   [](auto& c) -> auto& { return c.uploads.max_expiry; }));
    all.push_back(duration_setting("uploads.keep_ended",
                                   "how long an ended upload's answer is replayed", 0ms, kYear,
                                   [](auto& c) -> auto& { return c.uploads.keep_ended; }));
    all.push_back(duration_setting("uploads.sweep_interval",
                                   "between two looks for expired uploads", 100ms, 24h,
                                   [](auto& c) -> auto& { return c.uploads.sweep_interval; }));
    all.push_back(duration_setting("uploads.url_lifetime", "how long a signed part URL is valid",
                                   1s, 1h,
                                   [](auto& c) -> auto& { return c.uploads.url_lifetime; }));
    all.push_back(duration_setting("uploads.complete_wait",
                                   "how long Complete waits for the digest of a large file", 0ms,
                                   60s, [](auto& c) -> auto& { return c.uploads.complete_wait; }));
    all.push_back(duration_setting(
        "uploads.temporary_ttl", "how long a file that a form sent waits to be claimed", 1s, kYear,
        [](auto& c) -> auto& { return c.uploads.temporary_ttl; }));
}

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

void add_webhooks(std::vector<Setting>& all) {
    using namespace std::chrono_literals;
    all.push_back(text_setting("webhooks.endpoints",
                               "who is told of events: NAME URL [EVENT,EVENT]; NAME URL …",
                               [](auto& c) -> auto& { return c.webhooks.endpoints; }));
    all.push_back(
        text_setting("webhooks.secret_file",
                     "file of the secrets that sign messages: SECRET or NAME SECRET a line",
                     [](auto& c) -> auto& { return c.webhooks.secret_file; }));
    all.push_back(text_setting("webhooks.source", "what events name as their source",
                               [](auto& c) -> auto& { return c.webhooks.source; }));
    all.push_back(text_setting(
        "webhooks.ca", "certificates of the authorities that https trusts; empty: the system's",
        [](auto& c) -> auto& { return c.webhooks.ca; }));
    all.push_back(boolean_setting("webhooks.allow_http", "endpoints may have http URLs",
                                  [](auto& c) -> auto& { return c.webhooks.allow_http; }));
    all.push_back(boolean_setting("webhooks.allow_private",
                                  "endpoints may be in this host or in private networks",
                                  [](auto& c) -> auto& { return c.webhooks.allow_private; }));
    all.push_back(duration_setting("webhooks.timeout", "for one attempt to deliver an event", 100ms,
                                   5min, [](auto& c) -> auto& { return c.webhooks.timeout; }));
    all.push_back(number_setting("webhooks.max_attempts",
                                 "attempts before an event becomes a dead letter", 1, 1000,
                                 [](auto& c) -> auto& { return c.webhooks.max_attempts; }));
    all.push_back(duration_setting("webhooks.backoff",
                                   "most that lies between the first two attempts; it doubles",
                                   10ms, 24h, [](auto& c) -> auto& { return c.webhooks.backoff; }));
    all.push_back(duration_setting("webhooks.backoff_max", "most between two attempts", 10ms, 48h,
                                   [](auto& c) -> auto& { return c.webhooks.backoff_max; }));
    all.push_back(number_setting("webhooks.parallel", "deliveries at a time", 1, 256,
                                 [](auto& c) -> auto& { return c.webhooks.parallel; }));
}

void add_kafka(std::vector<Setting>& all) {
    all.push_back(fraction_setting("events.part_stored_sample",
                                   "share of the parts of which part.stored tells, from 0 to 1",
                                   [](auto& c) -> auto& { return c.events.part_stored_sample; }));
    all.push_back(text_setting("kafka.brokers",
                               "HOST:PORT,HOST:PORT of the brokers that take events; empty: none",
                               [](auto& c) -> auto& { return c.kafka.brokers; }));
    all.push_back(text_setting("kafka.topic_events", "the topic of events",
                               [](auto& c) -> auto& { return c.kafka.topic_events; }));
    all.push_back(
        text_setting("kafka.topic_tasks",
                     "the topic by which servers of one database tell each other of tasks; empty: "
                     "none",
                     [](auto& c) -> auto& { return c.kafka.topic_tasks; }));
    all.push_back(text_setting("kafka.security_protocol",
                               "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, as Kafka calls them",
                               [](auto& c) -> auto& { return c.kafka.security_protocol; }));
    all.push_back(text_setting("kafka.ca",
                               "certificates of the authorities that the brokers' may be signed "
                               "by; empty: the system's",
                               [](auto& c) -> auto& { return c.kafka.ca; }));
    all.push_back(text_setting("kafka.sasl_mechanism", "SCRAM-SHA-512 or PLAIN",
                               [](auto& c) -> auto& { return c.kafka.sasl_mechanism; }));
    all.push_back(text_setting("kafka.user", "as whom SASL logs in",
                               [](auto& c) -> auto& { return c.kafka.user; }));
    all.push_back(text_setting("kafka.password_file",
                               "file of that user's password, unless SLIPWAY_KAFKA_PASSWORD is it",
                               [](auto& c) -> auto& { return c.kafka.password_file; }));
}

void add_limits(std::vector<Setting>& all) {
    all.push_back(size_setting("limits.buffer_budget", "memory for bytes in flight",
                               runtime::BufferPool::kLarge,
                               [](auto& c) -> auto& { return c.limits.buffer_budget; }));
    all.push_back(number_setting("limits.max_parts_in_flight",
                                 "parts being received; more are answered 503", 1, 1'000'000,
                                 [](auto& c) -> auto& { return c.limits.max_parts_in_flight; }));
    all.push_back(number_setting(
        "limits.max_requests_in_flight",
        "requests being handled; more are answered 503: new uploads at 3/4 of it, Complete last", 8,
        1'000'000, [](auto& c) -> auto& { return c.limits.max_requests_in_flight; }));
    all.push_back(number_setting(
        "limits.requests_per_second",
        "calls of one key, and of one address without a valid one; more are answered 429; 0: no "
        "limit",
        0, 1'000'000, [](auto& c) -> auto& { return c.limits.requests_per_second; }));
    all.push_back(number_setting("limits.burst", "calls that may come at once", 1, 1'000'000,
                                 [](auto& c) -> auto& { return c.limits.burst; }));
    all.push_back(number_setting(
        "limits.parts_per_second", "parts of one address; more are answered 429; 0: no limit", 0,
        1'000'000, [](auto& c) -> auto& { return c.limits.parts_per_second; }));
    all.push_back(size_setting("limits.min_body_rate",
                               "bytes a second that a body must bring on average, after 10s; less "
                               "is answered 408; 0: no limit",
                               0_B, [](auto& c) -> auto& { return c.limits.min_body_rate; }));
    all.push_back(number_setting(
        "limits.connections_per_address",
        "connections at a time from one address (IPv6: one /64); more are answered 503; 0: no "
        "limit; server.trusted_proxies do not count",
        0, 1'000'000, [](auto& c) -> auto& { return c.limits.connections_per_address; }));
}

void add_quota(std::vector<Setting>& all) {
    constexpr std::uint64_t kMost = std::uint64_t{1} << 53U;
    all.push_back(size_setting("quota.bytes",
                               "what a principal's files and open uploads may take; 0: unlimited",
                               0_B, [](auto& c) -> auto& { return c.quota.bytes; }));
    all.push_back(number_setting("quota.files",
                                 "files and open uploads of a principal; 0: unlimited", 0, kMost,
                                 [](auto& c) -> auto& { return c.quota.files; }));
    all.push_back(number_setting("quota.open_uploads", "open uploads of a principal; 0: unlimited",
                                 0, kMost, [](auto& c) -> auto& { return c.quota.open_uploads; }));
}

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

std::vector<Setting> make_settings() {
    std::vector<Setting> all;
    add_server(all);
    add_storage(all);
    add_upkeep(all);
    add_stores(all);
    add_metadata(all);
    add_redis(all);
    add_uploads(all);
    add_webhooks(all);
    add_kafka(all);
    add_limits(all);
    all.push_back(
        size_setting("limits.max_form_file",
                     "bytes of the files of one form, 5GiB at most; more are answered 413", 1_B,
                     [](auto& c) -> auto& { return c.limits.max_form_file; }));
    add_quota(all);
    add_consul(all);
    all.push_back(roles_setting());
    all.push_back(text_setting("auth.api_key_file", "file that holds the administrator's key",
                               [](auto& c) -> auto& { return c.auth.api_key_file; }));
    all.push_back(text_setting("auth.cluster_secret_file",
                               "file of the secret that the servers of one database share, unless "
                               "SLIPWAY_AUTH_CLUSTER_SECRET is it",
                               [](auto& c) -> auto& { return c.auth.cluster_secret_file; }));
    all.push_back(level_setting());
    return all;
}

}  // namespace

const std::vector<Setting>& settings() {
    static const std::vector<Setting> all = make_settings();
    return all;
}

std::optional<std::string> find_contradiction(const Config& config) {
    if (config.uploads.default_expiry > config.uploads.max_expiry) {
        return "uploads.default_expiry: is longer than uploads.max_expiry";
    }
    if (config.limits.max_form_file > core::kMaxPartSize) {
        return "limits.max_form_file: is more than 5GiB";
    }
    if (std::ranges::find(config.stores, kLocalStore, &adapters::s3::StoreDescription::name) !=
        config.stores.end()) {
        return "store.local.name: is the name of the store below storage.data_dir";
    }
    if (config.placing.replicas > std::max<std::size_t>(config.stores.size(), 1)) {
        return "stores.replicas: is more than there are stores";
    }
    if (config.storage.data_dir.empty()) {
        return "storage.data_dir: must not be empty";
    }
    if (auto contradiction = find_metadata_contradiction(config.metadata); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_small_parts_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_redis_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_ack_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_webhook_contradiction(config.webhooks); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_kafka_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_consul_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    if (auto contradiction = find_cluster_contradiction(config); !contradiction.empty()) {
        return contradiction;
    }
    return std::nullopt;
}

}  // namespace slipway::daemon
