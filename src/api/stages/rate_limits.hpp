// RateLimits: answers 429 to who asks too often, and tells the others where they stand
// (draft-ietf-httpapi-ratelimit-headers-10: RateLimit-Policy and RateLimit). It is asked where it
// is known who asks: the right comes first.
#pragma once

#include <optional>

#include "api/stages/exchange.hpp"
#include "engine/throttle.hpp"

namespace slipway::api {

class RateLimits {
 public:
    // The throttle outlives it.
    explicit RateLimits(engine::Throttle& throttle) : throttle_(throttle) {}

    // Nothing: go on. The exchange names its principal, and outlives the task.
    Task<std::optional<http::Response>> hold_principal(Exchange& exchange);
    Task<std::optional<http::Response>> hold_part(Exchange& exchange);
    // The refusal of a request without a right, or 429 in its place.
    Task<http::Response> hold_stranger(Exchange& exchange, http::Response refusal);

 private:
    engine::Throttle& throttle_;
};

}  // namespace slipway::api
