#include "adapters/memory/memory_rate_limiter.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace slipway::adapters::memory {

MemoryRateLimiter::MemoryRateLimiter(const ports::Clock& clock, std::size_t keys)
    : clock_(clock),
      keys_per_shard_(std::max<std::size_t>(1, keys / std::tuple_size_v<decltype(shards_)>)) {}

Task<core::RateVerdict> MemoryRateLimiter::take(std::string key, core::RateLimit limit) {
    if (limit.per_second == 0) {
        co_return core::RateVerdict{};
    }
    Shard& shard = shards_[std::hash<std::string>{}(key) % shards_.size()];
    const std::scoped_lock lock(shard.mutex);
    // Read under the lock: the schedules of a key only move on.
    const core::RateTime now = clock_.steady().time_since_epoch();
    auto found = shard.schedules.find(key);
    if (found == shard.schedules.end()) {
        make_room_locked(shard, now);
        found = shard.schedules.emplace(std::move(key), core::RateTime{0}).first;
    }
    co_return core::decide_rate(limit, now, found->second);
}

// Keys that have their whole allowance again are as good as unknown. Where all are in use, half of
// the table goes, so that looking through it stays rare: those nearest to their allowance.
void MemoryRateLimiter::make_room_locked(Shard& shard, core::RateTime now) const {
    if (shard.schedules.size() < keys_per_shard_) {
        return;
    }
    std::erase_if(shard.schedules, [now](const auto& entry) { return entry.second <= now; });
    if (shard.schedules.size() < keys_per_shard_) {
        return;
    }
    std::vector<core::RateTime> due;
    for (const auto& [key, schedule] : shard.schedules) {
        due.push_back(schedule);
    }
    const auto middle = due.begin() + static_cast<std::ptrdiff_t>(due.size() / 2);
    std::ranges::nth_element(due, middle);
    std::erase_if(shard.schedules,
                  [most = *middle](const auto& entry) { return entry.second <= most; });
}

std::size_t MemoryRateLimiter::keys() const {
    std::size_t count = 0;
    for (const Shard& shard : shards_) {
        const std::scoped_lock lock(shard.mutex);
        count += shard.schedules.size();
    }
    return count;
}

}  // namespace slipway::adapters::memory
