// RateLimiter: who asked how often, of late. One for a process, or one for all processes of a
// cluster.
#pragma once

#include <string>

#include "core/rate_limit.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

// Thread-safe; calls may overlap, and of those with one key no two are decided on the same past.
class RateLimiter {
 public:
    virtual ~RateLimiter() = default;
    // Takes one from the allowance of `key`, which has this limit; a limit of 0 a second takes
    // nothing. It cannot fail: an adapter whose peer is away decides on what it knows by itself,
    // and neither holds everybody nor nobody. Nothing of it is durable. At least the last 65,536
    // keys are told apart; beyond that, the keys that are nearest to their whole allowance are
    // given it.
    virtual Task<core::RateVerdict> take(std::string key, core::RateLimit limit) = 0;
};

}  // namespace slipway::ports
