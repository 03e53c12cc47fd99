#include "runtime/buffer_pool.hpp"

#include <cstdlib>
#include <new>

namespace slipway::runtime {

namespace {

constexpr std::size_t kAlignment = 4096;

std::byte* allocate(std::size_t size) {
    void* memory = std::aligned_alloc(kAlignment, size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return static_cast<std::byte*>(memory);
}

}  // namespace

BufferLease::BufferLease(BufferLease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), bytes_(std::exchange(other.bytes_, {})) {}

BufferLease& BufferLease::operator=(BufferLease&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

BufferLease::~BufferLease() {
    if (pool_ != nullptr) {
        pool_->give_back(bytes_);
    }
}

BufferPool::BufferPool(ByteCount budget) : budget_(budget.value()) {}

BufferPool::~BufferPool() {
    for (auto* memory : free_small_) {
        std::free(memory);
    }
    for (auto* memory : free_large_) {
        std::free(memory);
    }
}

std::vector<std::byte*>& BufferPool::free_list(std::size_t size) {
    return size == kSmall.value() ? free_small_ : free_large_;
}

// Empty where the budget does not allow it. The kept buffers of the other size are given up before
// that is said.
std::span<std::byte> BufferPool::take_locked(std::size_t size) {
    if (lent_ + size > budget_) {
        return {};
    }
    auto& mine = free_list(size);
    std::byte* memory = nullptr;
    if (!mine.empty()) {
        memory = mine.back();
        mine.pop_back();
    } else {
        const std::size_t other_size = size == kSmall.value() ? kLarge.value() : kSmall.value();
        auto& others = free_list(other_size);
        while (allocated_ + size > budget_ && !others.empty()) {
            std::free(others.back());
            others.pop_back();
            allocated_ -= other_size;
        }
        memory = allocate(size);
        allocated_ += size;
    }
    lent_ += size;
    return {memory, size};
}

void BufferPool::give_back(std::span<std::byte> bytes) {
    std::vector<std::pair<Waiter, std::span<std::byte>>> served;
    {
        const std::scoped_lock lock(mutex_);
        lent_ -= bytes.size();
        free_list(bytes.size()).push_back(bytes.data());
        while (!waiters_.empty()) {
            const auto next = take_locked(waiters_.front().size);
            if (next.empty()) {
                break;
            }
            served.emplace_back(std::move(waiters_.front()), next);
            waiters_.pop_front();
        }
    }
    for (auto& [waiter, buffer] : served) {
        waiter.ready.deliver(buffer);
    }
}

Task<BufferLease> BufferPool::acquire(ByteCount wanted) {
    const std::size_t size = wanted <= kSmall ? kSmall.value() : kLarge.value();
    OneShot<std::span<std::byte>> ready;
    std::span<std::byte> buffer;
    {
        const std::scoped_lock lock(mutex_);
        if (waiters_.empty()) {
            buffer = take_locked(size);
        }
        if (buffer.empty()) {
            waiters_.push_back({size, ready});
        }
    }
    if (buffer.empty()) {
        buffer = co_await ready.wait();
    }
    co_return BufferLease(this, buffer);
}

ByteCount BufferPool::in_use() const {
    const std::scoped_lock lock(mutex_);
    return ByteCount(lent_);
}

std::size_t BufferPool::waiters() const {
    const std::scoped_lock lock(mutex_);
    return waiters_.size();
}

}  // namespace slipway::runtime
