// What is out of reach with the stores that are down.
#pragma once

#include <vector>

#include "engine/world.hpp"

namespace slipway::engine {

// The bytes of this copy can be had now.
bool reaches(const World& world, const core::Upload& upload, const core::PartCopy& copy);
// Every copy of the part is out of reach, and it is to be sent again rather than waited for.
bool is_lost(const World& world, const core::Upload& upload, const core::Part& part);
void drop_lost(const World& world, const core::Upload& upload, std::vector<core::Part>& parts);

}  // namespace slipway::engine
