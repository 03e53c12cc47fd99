// How long uploads live, and what one server or one principal may have at most.
#include <chrono>
#include <cstdint>

#include "daemon/settings/setting_groups.hpp"
#include "daemon/settings/setting_kinds.hpp"
#include "runtime/buffer_pool.hpp"

namespace slipway::daemon {

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
    all.push_back(
        size_setting("limits.max_form_file",
                     "bytes of the files of one form, 5GiB at most; more are answered 413", 1_B,
                     [](auto& c) -> auto& { return c.limits.max_form_file; }));
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

}  // namespace slipway::daemon
