// Config: what the operator can set, with its defaults. How it is read is in config_loader, what
// each key means in settings.cpp and docs/operations.md. It holds no secret.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/s3/setup/store_description.hpp"
#include "base/units.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

// The name of the store below data_dir.
inline constexpr std::string_view kLocalStore = "local";

struct ListenAddress {
    std::string host = "127.0.0.1";
    std::uint16_t port = 8080;
};

struct Config {
    struct Server {
        ListenAddress listen;
        std::optional<ListenAddress> admin_listen;
        std::string public_url;
        std::size_t threads = 0;  // 0: one for each core
        std::size_t max_connections = 10'000;
        ByteCount max_head = 16_KiB;
        std::string trusted_proxies;  // addresses, separated by commas
        std::chrono::milliseconds head_timeout{10'000};
        std::chrono::milliseconds idle_timeout{75'000};
        std::chrono::milliseconds stall_timeout{30'000};
        std::chrono::milliseconds body_timeout{60'000};
        std::chrono::milliseconds drain_timeout{30'000};
    } server;
    struct Storage {
        std::string data_dir = "./slipway-data";
        std::string small_parts = "auto";  // or "disk", "store"
        ByteCount min_free;  // 0: 1 GiB, or a hundredth of the file system where that is less
        std::size_t io_threads = 8;
        std::chrono::milliseconds trash_keep{std::chrono::hours(24)};
        std::chrono::milliseconds orphan_age{std::chrono::hours(1)};
        std::chrono::milliseconds upkeep_interval{std::chrono::minutes(10)};
        ByteCount scrub_rate = 32_MiB;
        std::chrono::milliseconds scrub_interval{std::chrono::hours(24 * 7)};
        std::chrono::milliseconds copy_scan_interval{std::chrono::hours(1)};
    } storage;
    // Where files are kept: nothing: below data_dir. From the configuration file alone.
    std::vector<adapters::s3::StoreDescription> stores;
    // What is done with several of them.
    struct Placing {
        std::size_t replicas = 1;
        bool wait_for_lost_parts = false;
    } placing;
    // Where uploads, files, tasks and keys are recorded.
    struct Metadata {
        std::string kind = "embedded";  // or "mariadb"
        std::string url;
        std::string password_file;
        bool tls = false;
        std::string ca;
        std::size_t connections = 8;
        std::string ack = "mysql";  // or "redis"
    } metadata;
    // Nothing of it is used where there is neither address nor sentinels.
    struct Redis {
        std::string address;
        std::string sentinels;
        std::string master_name;
        std::string password_file;
        std::string sentinel_password_file;
        bool tls = false;
        std::string ca;
        std::uint32_t database = 0;
    } redis;
    struct Uploads {
        std::chrono::milliseconds default_expiry{std::chrono::hours(24)};
        std::chrono::milliseconds max_expiry{std::chrono::hours(24 * 30)};
        std::chrono::milliseconds keep_ended{std::chrono::hours(24 * 7)};
        std::chrono::milliseconds sweep_interval{std::chrono::minutes(1)};
        std::chrono::milliseconds url_lifetime{std::chrono::hours(1)};
        std::chrono::milliseconds complete_wait{5000};
        std::chrono::milliseconds temporary_ttl{std::chrono::hours(24)};
    } uploads;
    struct Tasks {
        std::size_t workers = 4;
        std::chrono::milliseconds poll{1'000};
        std::chrono::milliseconds lease{30'000};
    } tasks;
    struct Webhooks {
        std::string endpoints;
        std::string secret_file;
        std::string source = "/slipway";
        std::string ca;
        bool allow_http = false;
        bool allow_private = false;
        std::chrono::milliseconds timeout{10'000};
        // 20 attempts at these are about three days.
        std::size_t max_attempts = 20;
        std::chrono::milliseconds backoff{std::chrono::seconds(5)};
        std::chrono::milliseconds backoff_max{std::chrono::hours(8)};
        std::size_t parallel = 8;
    } webhooks;
    struct Events {
        double part_stored_sample = 0;
    } events;
    struct Kafka {
        std::string brokers;
        std::string topic_events = "slipway.events";
        std::string topic_tasks = "slipway.tasks";
        std::string security_protocol = "PLAINTEXT";
        std::string ca;
        std::string sasl_mechanism = "SCRAM-SHA-512";
        std::string user;
        std::string password_file;
    } kafka;
    struct Limits {
        ByteCount buffer_budget = 64_MiB;
        std::size_t max_parts_in_flight = 1024;
        std::size_t max_requests_in_flight = 2048;
        std::uint32_t requests_per_second = 100;  // 0: no limit
        std::uint32_t burst = 200;
        std::uint32_t parts_per_second = 20'000;  // 0: no limit
        ByteCount min_body_rate = 1_KiB;          // a second; 0: no limit
        std::size_t connections_per_address = 0;  // 0: no limit
        ByteCount max_form_file = 5_GiB;
    } limits;
    // 0: unlimited.
    struct Quota {
        ByteCount bytes;
        std::uint64_t files = 0;
        std::uint64_t open_uploads = 0;
    } quota;
    // Nothing of it is used where there is no address.
    struct Consul {
        std::string address;
        std::string token_file;
        std::string ca;
        std::string service = "slipway";
        std::optional<ListenAddress> advertise;
        std::string tags;
        std::string zone;
        std::uint32_t weight = 1;
        std::chrono::milliseconds drain_wait{2000};
    } consul;
    // What this process does, where several share a database.
    struct Roles {
        bool api = true;
        bool worker = true;
    } roles;
    struct Auth {
        std::string api_key_file;
        std::string cluster_secret_file;
    } auth;
    struct Log {
        telemetry::Level level = telemetry::Level::info;
    } log;
};

}  // namespace slipway::daemon
