// Where something new begins: a staged blob in one of the stores that are up.
#pragma once

#include "engine/world.hpp"

namespace slipway::engine {

// Where a store turns out to be away, another one is asked. A blob that may have been created all
// the same is left to the collection of orphans. Errors: those of ports::Store::create();
// unavailable: no store is up.
Task<Result<core::StagedCopy>> create_blob(World& world, UploadId id, ports::BlobLayout layout);
// In this store and no other.
Task<Result<core::StagedCopy>> create_blob_in(World& world, ports::Store& store, UploadId id,
                                              ports::BlobLayout layout);

}  // namespace slipway::engine
