// What becomes of the bytes of a file whose record is gone: the trash, or nothing.
#pragma once

#include "engine/world.hpp"

namespace slipway::engine {

// In every store that has them. The file is gone for every reader already, so a failure is logged
// only: its room is not yet free, and the collection of orphans finds it.
Task<void> discard_blobs(World& world, core::File file);

}  // namespace slipway::engine
