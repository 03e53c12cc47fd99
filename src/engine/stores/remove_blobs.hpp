// What becomes of the staged blobs of an upload that ended without a file.
#pragma once

#include "engine/world.hpp"

namespace slipway::engine {

// Removes each of them from its store. Idempotent. Error: the first one; the others are removed all
// the same.
Task<Result<>> remove_blobs(World& world, core::Upload upload);

}  // namespace slipway::engine
