// SystemClock: the time of the machine. Wall time is CLOCK_REALTIME and may jump; steady time is
// CLOCK_MONOTONIC.
#pragma once

#include "ports/clock.hpp"

namespace slipway::adapters::system {

class SystemClock final : public ports::Clock {
 public:
    WallTime wall() const override;
    SteadyTime steady() const override;
};

}  // namespace slipway::adapters::system
