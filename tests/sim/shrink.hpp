// Shrinking: of a script that fails, the smallest found that still does (delta debugging: drop runs
// of steps, then make what is left plainer).
#pragma once

#include <functional>

#include "sim/script.hpp"

namespace slipway::sim {

using Fails = std::function<bool(const Script&)>;

// The script fails.
Script shrink(Script script, const Fails& fails);

}  // namespace slipway::sim
