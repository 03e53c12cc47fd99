// Where the parts of uploads are staged that an S3 store does not take as such, as it is
// configured.
#pragma once

#include <string>

#include "adapters/s3/store/small_parts.hpp"
#include "daemon/config.hpp"

namespace slipway::daemon {

// "auto": in the store where other nodes may know of the uploads, else on this node's disk.
adapters::s3::SmallParts small_parts_of(const Config& config);
// What would lose acknowledged parts, or empty.
std::string find_small_parts_contradiction(const Config& config);

}  // namespace slipway::daemon
