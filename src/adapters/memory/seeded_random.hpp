// SeededRandom: the same bytes for the same seed (SplitMix64), so that a test's run can be
// repeated. Predictable by design: never for anything but tests. Thread-safe; two threads share one
// sequence.
#pragma once

#include <cstdint>
#include <mutex>

#include "ports/random.hpp"

namespace slipway::adapters::memory {

class SeededRandom final : public ports::Random {
 public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

    void fill(std::span<std::byte> out) override {
        const std::scoped_lock lock(mutex_);
        std::uint64_t word = 0;
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (i % sizeof word == 0) {
                word = next();
            }
            out[i] = static_cast<std::byte>(word >> (8U * (i % sizeof word)));
        }
    }

 private:
    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    }

    std::mutex mutex_;
    std::uint64_t state_;
};

}  // namespace slipway::adapters::memory
