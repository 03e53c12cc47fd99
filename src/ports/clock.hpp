// Clock: the only source of time for the engine, the doors and the adapters.
#pragma once

#include "base/time.hpp"

namespace slipway::ports {

// Thread-safe; never fails.
class Clock {
 public:
    virtual ~Clock() = default;
    // For what is stored or told: may jump.
    virtual WallTime wall() const = 0;
    // For deadlines and durations: never goes back.
    virtual SteadyTime steady() const = 0;
};

}  // namespace slipway::ports
