// What asks for a file's copy in the store for disaster recovery, and how its task is found.
#pragma once

#include <string>

#include "engine/world.hpp"
#include "telemetry/trace_context.hpp"

namespace slipway::engine {

std::string copy_key(const UploadId& id);

// That the task exists which copies the file, where there is a store to copy it to from `home`. May
// come before the file's record: the task waits for that while the upload is completing. `trace` is
// that of the request which made the file, for the event that tells of the copy. Idempotent.
Task<Result<>> request_copy(World& world, UploadId id, std::string home,
                            telemetry::TraceContext trace = {});

// The copy of the file in this store; nothing where it has none.
const core::FileCopy* find_copy(const core::File& file, std::string_view store);
// Has been read back and compared.
bool has_compared_copy(const core::File& file, std::string_view store);

}  // namespace slipway::engine
