// MemoryRateLimiter: the rates of one process, in a table of bounded size. A key whose whole
// allowance is back takes no room for long.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "ports/clock.hpp"
#include "ports/rate_limiter.hpp"

namespace slipway::adapters::memory {

class MemoryRateLimiter final : public ports::RateLimiter {
 public:
    static constexpr std::size_t kDefaultKeys = 2 * 65'536;

    // The clock outlives it. It keeps no more than `keys` keys.
    explicit MemoryRateLimiter(const ports::Clock& clock, std::size_t keys = kDefaultKeys);

    Task<core::RateVerdict> take(std::string key, core::RateLimit limit) override;
    std::size_t keys() const;

 private:
    // A part of the table with a lock of its own, so that loops rarely wait for each other.
    struct Shard {
        mutable std::mutex mutex;
        std::unordered_map<std::string, core::RateTime> schedules;
    };

    void make_room_locked(Shard& shard, core::RateTime now) const;

    const ports::Clock& clock_;
    const std::size_t keys_per_shard_;
    std::array<Shard, 64> shards_;
};

}  // namespace slipway::adapters::memory
