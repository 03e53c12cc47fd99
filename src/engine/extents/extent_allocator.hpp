// ExtentAllocator: where the next part of a free size goes in its upload's staged blob, for the
// uploads of one home loop. Room is handed out upwards and not twice, but for the room of an
// attempt that came to nothing and behind which nothing lies. It only remembers: after a restart it
// is told where the recorded parts end.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>

#include "base/ids.hpp"
#include "base/units.hpp"

namespace slipway::engine {

// Whether a record may name the room.
enum class RoomUse { unused, may_be_recorded };

class ExtentAllocator {
 public:
    // Uploads that are remembered without a part being on its way; the oldest is forgotten first.
    explicit ExtentAllocator(std::size_t most_idle = 4096) : most_idle_(most_idle) {}

    // Nothing: it is not known where the recorded parts end.
    std::optional<ByteOffset> take(UploadId upload, ByteCount length);
    // `end`: behind all parts that were recorded, aligned. What is remembered counts where it is
    // more.
    ByteOffset take_behind(UploadId upload, ByteOffset end, ByteCount length);
    // Once for each that was taken.
    void release(UploadId upload, ByteOffset offset, ByteCount length, RoomUse use);
    void forget(UploadId upload) { known_.erase(upload); }

 private:
    struct Room {
        ByteOffset next;
        std::size_t in_flight = 0;
    };
    static ByteOffset take_from(Room& room, ByteCount length);
    void drop_idle();

    std::size_t most_idle_;
    std::unordered_map<UploadId, Room> known_;
    std::deque<UploadId> oldest_first_;
};

}  // namespace slipway::engine
