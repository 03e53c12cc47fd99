#include "engine/extents/extent_allocator.hpp"

#include <algorithm>

#include "core/extent_map.hpp"

namespace slipway::engine {

ByteOffset ExtentAllocator::take_from(Room& room, ByteCount length) {
    const ByteOffset offset = room.next;
    room.next = core::align_up(offset + length);
    ++room.in_flight;
    return offset;
}

std::optional<ByteOffset> ExtentAllocator::take(UploadId upload, ByteCount length) {
    const auto found = known_.find(upload);
    return found == known_.end() ? std::nullopt : std::optional(take_from(found->second, length));
}

ByteOffset ExtentAllocator::take_behind(UploadId upload, ByteOffset end, ByteCount length) {
    const auto [found, is_new] = known_.try_emplace(upload);
    found->second.next = std::max(found->second.next, end);
    const ByteOffset offset = take_from(found->second, length);
    if (is_new) {
        oldest_first_.push_back(upload);
        drop_idle();
    }
    return offset;
}

void ExtentAllocator::release(UploadId upload, ByteOffset offset, ByteCount length, RoomUse use) {
    const auto found = known_.find(upload);
    if (found == known_.end()) {
        return;
    }
    --found->second.in_flight;
    if (use == RoomUse::unused && found->second.next == core::align_up(offset + length)) {
        found->second.next = offset;
    }
}

// One with a part on its way is kept: its room must not be handed out a second time.
void ExtentAllocator::drop_idle() {
    for (std::size_t left = oldest_first_.size(); left > 0 && oldest_first_.size() > most_idle_;
         --left) {
        const UploadId oldest = oldest_first_.front();
        oldest_first_.pop_front();
        const auto found = known_.find(oldest);
        if (found == known_.end()) {
            continue;
        }
        if (found->second.in_flight > 0) {
            oldest_first_.push_back(oldest);
        } else {
            known_.erase(found);
        }
    }
}

}  // namespace slipway::engine
