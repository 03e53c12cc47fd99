// SystemRandom: the kernel's generator, getrandom(2). It keeps no state and no pool of bytes of its
// own, so that a copied process or memory image repeats nothing. Ends the process where the kernel
// refuses.
#pragma once

#include "ports/random.hpp"

namespace slipway::adapters::system {

class SystemRandom final : public ports::Random {
 public:
    void fill(std::span<std::byte> out) override;
};

}  // namespace slipway::adapters::system
