// Random scripts: a seed makes a sequence of operations with restarts, crashes and failing calls.
#pragma once

#include <cstdint>

#include "sim/script.hpp"

namespace slipway::sim {

Script random_script(std::uint64_t seed);

}  // namespace slipway::sim
