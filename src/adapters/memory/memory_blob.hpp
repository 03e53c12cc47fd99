// MemoryBlob: the bytes of one blob, or draft, of a MemoryStore. Shared with the sinks, readers and
// drafts that work on it; what it is to the store changes under its mutex.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "base/units.hpp"

namespace slipway::adapters::memory {

enum class MemoryBlobState { staged, published, removed };

struct MemoryBlob {
    std::mutex mutex;
    MemoryBlobState state = MemoryBlobState::staged;
    ByteCount size;
    // Of `size` bytes, those up to the last one written; the rest are zeros.
    std::vector<std::byte> bytes;
};

}  // namespace slipway::adapters::memory
