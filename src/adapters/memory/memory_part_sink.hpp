// The sinks of a MemoryStore: one writes where its region says, as to a disk; one keeps a part of a
// blob that has a part size to itself until it is committed, as a remote store does.
#pragma once

#include <memory>

#include "adapters/memory/memory_blob.hpp"

namespace slipway::adapters::memory {

// The region lies within the blob.
std::unique_ptr<ports::PartSink> open_sink(std::shared_ptr<MemoryBlob> blob,
                                           ports::PartRegion region,
                                           MemoryPlace place = MemoryPlace::common);

}  // namespace slipway::adapters::memory
