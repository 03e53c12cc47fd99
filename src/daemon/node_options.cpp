#include "daemon/node_options.hpp"

#include <algorithm>
#include <thread>

#include "daemon/values.hpp"

namespace slipway::daemon {

using std::chrono::duration_cast;
using std::chrono::seconds;

std::size_t loop_count(const Config& config) {
    return config.server.threads != 0
               ? config.server.threads
               : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

http::ServerOptions server_options(const Config& config) {
    return {.host = config.server.listen.host,
            .port = config.server.listen.port,
            .max_connections = config.server.max_connections,
            .max_head = config.server.max_head,
            .head_timeout = config.server.head_timeout,
            .idle_timeout = config.server.idle_timeout,
            .stall_timeout = config.server.stall_timeout,
            .body_timeout = config.server.body_timeout,
            .min_body_rate = config.limits.min_body_rate,
            .max_per_address = config.limits.connections_per_address,
            .uncounted_addresses = addresses(config.server.trusted_proxies)};
}

namespace {

core::Quota standard_quota(const Config::Quota& quota) {
    const auto limit = [](std::uint64_t value) {
        return value == 0 ? std::nullopt : std::optional(value);
    };
    return {.bytes = limit(quota.bytes.value()),
            .files = limit(quota.files),
            .open_uploads = limit(quota.open_uploads)};
}

}  // namespace

engine::EngineOptions engine_options(const Config& config) {
    return {.default_expiry = duration_cast<seconds>(config.uploads.default_expiry),
            .max_expiry = duration_cast<seconds>(config.uploads.max_expiry),
            .keep_ended = duration_cast<seconds>(config.uploads.keep_ended),
            .max_parts_in_flight = config.limits.max_parts_in_flight,
            .trash_keep = duration_cast<seconds>(config.storage.trash_keep),
            .orphan_age = config.storage.orphan_age,
            .complete_wait = config.uploads.complete_wait,
            .quota = standard_quota(config.quota),
            .scrub_rate = config.storage.scrub_rate,
            .part_stored_sample = config.events.part_stored_sample,
            .temporary_ttl = config.uploads.temporary_ttl,
            .max_form_file = config.limits.max_form_file,
            .replicas = config.placing.replicas,
            .lost_parts = config.placing.wait_for_lost_parts ? engine::LostParts::wait
                                                             : engine::LostParts::resend};
}

BackgroundOptions background_options(const Config& config) {
    return {.workers = config.tasks.workers,
            .poll = config.tasks.poll,
            .lease = config.tasks.lease,
            .sweep_interval = config.uploads.sweep_interval,
            .upkeep_interval = config.storage.upkeep_interval,
            .scrub_interval = config.storage.scrub_interval,
            .copy_scan_interval = config.storage.copy_scan_interval};
}

engine::ThrottleOptions throttle_options(const Config::Limits& limits) {
    return {.requests = {limits.requests_per_second, limits.burst},
            // A second's worth may come at once.
            .parts = {limits.parts_per_second, std::max(1U, limits.parts_per_second)}};
}

api::ServiceOptions service_options(const Config& config) {
    return {.max_requests = config.limits.max_requests_in_flight,
            .trusted_proxies = addresses(config.server.trusted_proxies)};
}

api::PartUrlOptions url_options(const Config& config) {
    return {.public_url = config.server.public_url,
            .lifetime = duration_cast<seconds>(config.uploads.url_lifetime)};
}

adapters::localfs::LocalFsOptions store_options(const Config::Storage& storage,
                                                telemetry::Histogram& syncs) {
    adapters::localfs::LocalFsOptions options;
    options.disk =
        adapters::localfs::system_disk([&syncs](double seconds) { syncs.observe(seconds); });
    if (storage.min_free > 0_B) {
        options.limits.min_free = storage.min_free;
    }
    return options;
}

}  // namespace slipway::daemon
