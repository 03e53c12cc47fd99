// What a store has of a file: read back whole, and compared with the file's size and digest.
#pragma once

#include "engine/task_handler.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

enum class CopyState { absent, right, wrong };

// Errors: those of the store; cancelled when the context says that it must stop.
Task<Result<CopyState>> compare_copy(World& world, ports::Store& store, core::File file,
                                     const TaskContext& context);

}  // namespace slipway::engine
