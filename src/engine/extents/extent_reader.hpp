// Reads an upload's bytes in the order of its file, wherever they lie in the staged blob.
#pragma once

#include <memory>
#include <optional>

#include "core/extent_map.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

// Without a map they lie in order.
Task<Result<std::unique_ptr<ports::BlobReader>>> open_in_order(
    World& world, const core::Upload& upload, std::optional<core::ExtentMap> extents);

}  // namespace slipway::engine
