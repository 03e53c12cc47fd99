// Reads an upload's bytes in the order of its file, wherever they are staged.
#pragma once

#include <memory>
#include <vector>

#include "engine/world.hpp"

namespace slipway::engine {

// Whether the records of the parts have to be known for it: they do not simply lie in order in one
// blob that is read as it is staged.
bool is_read_by_parts(const World& world, const core::Upload& upload);
// The first parts of the file in order, where it is read by parts.
Task<Result<std::unique_ptr<ports::BlobReader>>> open_in_order(World& world, core::Upload upload,
                                                               std::vector<core::Part> parts);

}  // namespace slipway::engine
