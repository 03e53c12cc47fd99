// What the catalog says of a blob: the question that orphan collection and the trash ask before
// they touch one, and ask again after they have waited.
#pragma once

#include <string_view>

#include "engine/world.hpp"

namespace slipway::engine {

enum class BlobClaim {
    wanted,    // an upload that is open or completing, a file, or a request at work has it
    unwanted,  // its upload ended without a file
    unknown,   // no record names it
};

// Of a blob of this store that is, or was, in this state. Errors: those of the catalog, but
// not_found.
Task<Result<BlobClaim>> claim_on(World& world, std::string_view store, UploadId id,
                                 ports::BlobState state);
// Whether drafts of this blob may be made into its file: its upload is completing.
Task<Result<bool>> wants_drafts(World& world, std::string_view store, UploadId id);

}  // namespace slipway::engine
