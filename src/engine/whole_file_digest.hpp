// whole_file_digest: SHA-256 and MD5 of a staged blob, by reading it. It costs one pass over the
// file, so it is only done where a digest of the whole was declared.
#pragma once

#include <optional>

#include "base/digest.hpp"
#include "core/extent_map.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

struct WholeFileDigests {
    Sha256 sha256;
    Md5 md5;
};

// Without extents the blob's bytes are in order. Errors: those of the store; corrupted where the
// blob is shorter than `size`.
Task<Result<WholeFileDigests>> whole_file_digest(World& world, const core::Upload& upload,
                                                 ByteCount size,
                                                 std::optional<core::ExtentMap> extents);

}  // namespace slipway::engine
