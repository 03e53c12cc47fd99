#include "adapters/system/system_clock.hpp"

#include <chrono>

namespace slipway::adapters::system {

WallTime SystemClock::wall() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

SteadyTime SystemClock::steady() const {
    return std::chrono::steady_clock::now();
}

}  // namespace slipway::adapters::system
