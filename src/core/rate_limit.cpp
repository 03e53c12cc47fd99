#include "core/rate_limit.hpp"

#include <algorithm>

namespace slipway::core {

namespace {

std::uint32_t whole_intervals(std::chrono::nanoseconds time, std::chrono::nanoseconds interval) {
    return static_cast<std::uint32_t>(time / interval);
}

}  // namespace

std::chrono::nanoseconds interval_of(const RateLimit& limit) {
    return std::chrono::nanoseconds(std::chrono::seconds(1)) / limit.per_second;
}

RateVerdict decide_rate(const RateLimit& limit, RateTime now, RateTime& schedule) {
    if (limit.per_second == 0) {
        return {};
    }
    const auto interval = interval_of(limit);
    const auto tolerance = interval * limit.burst;
    const auto next = std::max(now, schedule) + interval;
    if (next - now > tolerance) {
        return {.allowed = false, .remaining = 0, .retry_after = next - tolerance - now};
    }
    schedule = next;
    return {.allowed = true,
            .remaining = whole_intervals(tolerance - (next - now), interval),
            .retry_after = {}};
}

}  // namespace slipway::core
