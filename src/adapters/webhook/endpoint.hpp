// Endpoint: somebody who is told of events by HTTP requests.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "core/event.hpp"

namespace slipway::adapters::webhook {

using Secret = std::vector<std::byte>;

struct Endpoint {
    std::string name;
    std::string url;
    std::set<core::EventKind> kinds;  // empty: all
    // Every message is signed with each: a receiver that knows one of them is served while they are
    // changed.
    std::vector<Secret> secrets;

    bool wants(core::EventKind kind) const { return kinds.empty() || kinds.contains(kind); }
};

}  // namespace slipway::adapters::webhook
