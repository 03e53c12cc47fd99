// Exchange: one request on its way through the stages, and what they learned of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/api_key.hpp"
#include "http/router.hpp"

namespace slipway::api {

struct Exchange;

// How a route is protected. `open` is for health and metrics only.
enum class Access { open, api_key, signed_url };

// What is turned away first under load: `creation` begins new work, `part` goes on with it,
// `ordinary` is short, `ending` gives room back, and `vital` is never turned away.
enum class Urgency { creation, part, ordinary, ending, vital };

// Which listener serves a route: health, metrics and administration may have one of their own.
enum class Side { outer, inner };

struct Route {
    http::Method method;
    std::string pattern;
    Access access;
    Urgency urgency;
    std::function<Task<http::Response>(Exchange&)> call;
    std::optional<core::Scope> scope = std::nullopt;  // that the API key must have
    Side side = Side::outer;
};

struct Exchange {
    http::Request& request;
    const Route* route = nullptr;  // null: there is none for this path and method
    http::RouteParameters parameters = {};
    std::string allowed = {};    // for the Allow field, where only the method is wrong
    std::string principal = {};  // who asks, once that is proven
    // Why it was turned away by a limit; empty: it was not.
    std::string_view rejection = {};
    // What its answer says besides.
    http::Headers answer_fields = {};
};

// The route as it may stand in logs and metrics: the pattern, never the path.
inline std::string_view pattern_of(const Exchange& exchange) {
    return exchange.route == nullptr ? std::string_view("none") : exchange.route->pattern;
}

}  // namespace slipway::api
