// RateLimit: how often something may happen, decided by the generic cell rate algorithm (GCRA,
// ITU-T I.371 annex A) as a virtual schedule: one instant is all that is kept of the past. A whole
// burst passes at once, and from then on one more for each interval.
#pragma once

#include <chrono>
#include <cstdint>

namespace slipway::core {

struct RateLimit {
    std::uint32_t per_second = 0;  // 0: there is no limit
    std::uint32_t burst = 1;       // what may come at once; at least 1

    friend bool operator==(const RateLimit&, const RateLimit&) = default;
};

// Since some beginning, the same for all calls.
using RateTime = std::chrono::nanoseconds;

struct RateVerdict {
    bool allowed = true;
    // What could come at once after this.
    std::uint32_t remaining = 0;
    // Where it is not allowed: when one would be, if nothing came before it.
    std::chrono::nanoseconds retry_after{0};
};

// Between two at the limit's rate. The limit is one.
std::chrono::nanoseconds interval_of(const RateLimit& limit);

// One more at `now`. `schedule` is when the next one is due by the rate: 0 at first, moved on when
// it is allowed. A schedule that is not after `now` says nothing: it need not be kept.
RateVerdict decide_rate(const RateLimit& limit, RateTime now, RateTime& schedule);

}  // namespace slipway::core
