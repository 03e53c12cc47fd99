// Admission: from the head of a request to a verified principal that may do what the route is for.
#pragma once

#include <expected>

#include "api/stages/exchange.hpp"
#include "core/api_key.hpp"
#include "engine/access/key_ring.hpp"

namespace slipway::api {

// Or the answer that says why not: 401 without a valid key, 403 where the key lacks the scope.
// Notes in the exchange who asks.
std::expected<engine::Principal, http::Response> admit(const engine::KeyRing& keys,
                                                       core::Scope scope, Exchange& exchange);

}  // namespace slipway::api
