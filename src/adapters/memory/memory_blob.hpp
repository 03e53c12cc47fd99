// MemoryBlob: the bytes of one blob, or draft, of a MemoryStore. Shared with the sinks, readers and
// drafts that work on it; what it is to the store changes under its mutex.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ports/store.hpp"

namespace slipway::adapters::memory {

enum class MemoryBlobState { staged, published, removed };
// Where an attempt keeps a part.
enum class MemoryPlace { common, aside };

struct MemoryPiece {
    ports::StoredPiece piece;
    std::vector<std::byte> bytes;
};

struct MemoryBlob {
    std::mutex mutex;
    MemoryBlobState state = MemoryBlobState::staged;
    ByteCount size;
    // Of `size` bytes, those up to the last one written; the rest are zeros.
    std::vector<std::byte> bytes;
    // Where the store is like a remote one.
    std::string placement;
    std::optional<ByteCount> part_size;
    bool is_readable = true;  // while it is staged
    bool is_direct = false;
    std::uint64_t receipts = 0;
    // What is there of a blob that has a part size, in order.
    std::vector<ports::StoredPiece> pieces;
    // What lies in a place of its own instead.
    std::vector<MemoryPiece> aside;
    // When it was published.
    std::optional<Crc64Nvme> stated_crc64nvme;
};

inline Error not_readable() {
    return {Errc::unsupported, "that its staged bytes are read was not announced"};
}

}  // namespace slipway::adapters::memory
