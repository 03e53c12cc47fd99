// Throttle: how often each may ask: whoever holds a key by its name, whoever has none by the
// network of the address, and parts on signed URLs by the same, with a wider limit of their own.
#pragma once

#include <string_view>

#include "core/rate_limit.hpp"
#include "ports/rate_limiter.hpp"

namespace slipway::engine {

struct ThrottleOptions {
    core::RateLimit requests;
    core::RateLimit parts;
};

class Throttle {
 public:
    // The limiter outlives it.
    Throttle(ports::RateLimiter& limiter, ThrottleOptions options)
        : limiter_(limiter), options_(options) {}

    const ThrottleOptions& options() const { return options_; }
    // The text is read before the task is returned.
    Task<core::RateVerdict> principal(std::string_view name);
    // Without a right, or with a wrong one.
    Task<core::RateVerdict> stranger(std::string_view address);
    Task<core::RateVerdict> part(std::string_view address);

 private:
    ports::RateLimiter& limiter_;
    const ThrottleOptions options_;
};

}  // namespace slipway::engine
