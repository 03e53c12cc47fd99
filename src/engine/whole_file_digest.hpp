// whole_file_digest: SHA-256 and MD5 of a staged upload, by reading it. It costs one pass over the
// file, so it is only done where a digest of the whole was declared.
#pragma once

#include "base/digest.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

struct WholeFileDigests {
    Sha256 sha256;
    Md5 md5;
};

// The upload's plan is counted. Errors: those of the store and of the catalog; corrupted where less
// than `size` is there.
Task<Result<WholeFileDigests>> whole_file_digest(World& world, core::Upload upload, ByteCount size);

}  // namespace slipway::engine
