// RingKeeper: where the ring of signing keys is kept, and how it is changed there. What it answers
// is durable; who calls it then puts the ring into use.
#pragma once

#include <string>

#include "base/result.hpp"
#include "engine/signing_key_ring.hpp"
#include "runtime/task.hpp"

namespace slipway::engine {

class RingKeeper {
 public:
    virtual ~RingKeeper() = default;

    // One more key, which signs from now on; the one that did verifies until `until`.
    virtual Task<Result<SigningRing>> add(WallTime now, WallTime until) = 0;
    // Without that key. Of the one that signs, a new one takes the place, and nothing of the old
    // one is left. not_found: it is not in the ring.
    virtual Task<Result<SigningRing>> remove(std::string id, WallTime now) = 0;
};

}  // namespace slipway::engine
