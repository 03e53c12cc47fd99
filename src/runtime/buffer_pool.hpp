// BufferPool: the memory for bytes in flight, with a hard budget.
// Buffers are page-aligned and of two sizes; who asks while the budget is spent waits in order of
// asking.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/units.hpp"
#include "runtime/one_shot.hpp"
#include "runtime/task.hpp"

namespace slipway::runtime {

class BufferPool;

// A buffer on loan; it returns to its pool when destroyed. An empty lease holds nothing.
class BufferLease {
 public:
    BufferLease() = default;
    BufferLease(BufferLease&& other) noexcept;
    BufferLease& operator=(BufferLease&& other) noexcept;
    ~BufferLease();

    std::span<std::byte> bytes() const { return bytes_; }
    explicit operator bool() const { return pool_ != nullptr; }

 private:
    friend class BufferPool;
    BufferLease(BufferPool* pool, std::span<std::byte> bytes) : pool_(pool), bytes_(bytes) {}
    BufferPool* pool_ = nullptr;
    std::span<std::byte> bytes_;
};

class BufferPool {
 public:
    static constexpr ByteCount kSmall{64 << 10};
    static constexpr ByteCount kLarge{1 << 20};

    // The budget is at least one large buffer.
    explicit BufferPool(ByteCount budget);
    ~BufferPool();
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;

    // A small buffer where `wanted` fits into one, else a large one. Thread-safe; first come, first
    // served.
    Task<BufferLease> acquire(ByteCount wanted);

    ByteCount in_use() const;
    ByteCount budget() const { return ByteCount(budget_); }
    // How many wait for a buffer: while there are any, nobody should sit on one that does not fill.
    std::size_t waiters() const;

 private:
    friend class BufferLease;
    struct Waiter {
        std::size_t size;
        OneShot<std::span<std::byte>> ready;
    };

    std::span<std::byte> take_locked(std::size_t size);
    void give_back(std::span<std::byte> bytes);
    std::vector<std::byte*>& free_list(std::size_t size);

    const std::size_t budget_;
    mutable std::mutex mutex_;
    std::size_t lent_ = 0;       // bytes on loan
    std::size_t allocated_ = 0;  // bytes on loan or kept for the next loan: never above the budget
    std::vector<std::byte*> free_small_;
    std::vector<std::byte*> free_large_;
    std::deque<Waiter> waiters_;
};

}  // namespace slipway::runtime
