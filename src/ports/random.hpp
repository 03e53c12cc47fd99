// Random: the only source of randomness for ids, keys and jitter.
#pragma once

#include <cstddef>
#include <span>

namespace slipway::ports {

// Thread-safe.
class Random {
 public:
    virtual ~Random() = default;
    // Fills with bytes that nobody can predict. Ends the process where the system has none to give.
    virtual void fill(std::span<std::byte> out) = 0;
};

}  // namespace slipway::ports
