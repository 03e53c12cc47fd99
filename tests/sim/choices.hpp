// Choices: what a run leaves to chance, drawn from its seed (SplitMix64): the same seed makes the
// same choices on every machine, which the distributions of the standard library do not promise.
#pragma once

#include <cstdint>

namespace slipway::sim {

class Choices {
 public:
    explicit Choices(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15U;
        std::uint64_t mixed = state_;
        mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
        mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
        return mixed ^ (mixed >> 31U);
    }
    // From 0 to bound - 1; the bound is small and not 0.
    std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(next() % bound); }
    bool one_in(std::uint32_t count) { return below(count) == 0; }

 private:
    std::uint64_t state_;
};

}  // namespace slipway::sim
