// Slots: how many things may be under way at once; who asks while all are taken waits in order of
// asking. For one event loop.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

#include "runtime/one_shot.hpp"
#include "runtime/task.hpp"

namespace slipway::runtime {

class Slots;

// One thing under way; its end frees the slot.
class Slot final {
 public:
    explicit Slot(Slots& slots) : slots_(&slots) {}
    Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
    Slot& operator=(Slot&&) = delete;
    inline ~Slot();

 private:
    Slots* slots_;
};

class Slots final {
 public:
    explicit Slots(std::size_t count) : free_(count) {}

    Task<Slot> take() {
        if (free_ > 0) {
            --free_;
        } else {
            OneShot<bool> turn;
            waiting_.push_back(turn);
            co_await turn.wait();
        }
        co_return Slot(*this);
    }

 private:
    friend class Slot;
    void give_back() {
        if (waiting_.empty()) {
            ++free_;
            return;
        }
        const auto next = std::move(waiting_.front());
        waiting_.pop_front();
        next.deliver(true);
    }

    std::size_t free_;
    std::deque<OneShot<bool>> waiting_;
};

inline Slot::~Slot() {
    if (slots_ != nullptr) {
        slots_->give_back();
    }
}

}  // namespace slipway::runtime
