// ManualClock: time that stands still until a test moves it. Thread-safe.
#pragma once

#include <chrono>
#include <mutex>

#include "ports/clock.hpp"

namespace slipway::adapters::memory {

class ManualClock final : public ports::Clock {
 public:
    // 2026-01-01T00:00:00Z, so that dates in tests look like dates.
    static constexpr WallTime kStart{std::chrono::milliseconds(1'767'225'600'000)};

    explicit ManualClock(WallTime start = kStart) : wall_(start) {}

    WallTime wall() const override {
        const std::scoped_lock lock(mutex_);
        return wall_;
    }
    SteadyTime steady() const override {
        const std::scoped_lock lock(mutex_);
        return steady_;
    }

    // Time passes: both clocks go on. `by` is not negative.
    void advance(std::chrono::milliseconds by) {
        const std::scoped_lock lock(mutex_);
        wall_ += by;
        steady_ += by;
    }
    // Somebody sets the machine's clock: wall time jumps, in either direction; steady time does
    // not.
    void set_wall(WallTime to) {
        const std::scoped_lock lock(mutex_);
        wall_ = to;
    }

 private:
    mutable std::mutex mutex_;
    WallTime wall_;
    // Not at zero, so that "now minus an hour" is still a time.
    SteadyTime steady_{std::chrono::hours(1000)};
};

}  // namespace slipway::adapters::memory
