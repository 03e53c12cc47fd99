// Writes down in an upload's record why a task could not complete it, with the event that tells of
// it.
#pragma once

#include <string>

#include "engine/world.hpp"

namespace slipway::engine {

// Once, however often it is called, and only of an upload that is in this state. Before the task
// ends: a crash between the two does the task again, which finds the note.
Task<Result<>> note_failure(World& world, UploadId id, core::UploadState in, std::string reason);

}  // namespace slipway::engine
