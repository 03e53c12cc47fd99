#include "http/loop_state.hpp"

#include <algorithm>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <limits>
#include <utility>

namespace slipway::http {

namespace {

// Sockets that are looked at in one go take less than what else a loop does at a time.
constexpr std::size_t kPortion = 16;
constexpr std::size_t kMostPortions = 100;

}  // namespace

void LoopState::add(TimedSocket& socket) {
    sockets_.push_back(socket);
}

bool LoopState::claim_ticks() {
    if (ticking_) {
        return false;
    }
    // Nobody has kept the time since the last connection went.
    now_ = std::chrono::steady_clock::now();
    ticking_ = true;
    return true;
}

// Posted: what ends the turn runs after whatever else is ready now. Who waits asks again in every
// round, which takes a fraction of a microsecond and leaves nothing behind when a loop ends.
Task<void> LoopState::take_turn() {
    while (*turn_given_) {
        co_await boost::asio::post(context_, boost::asio::deferred);
    }
    *turn_given_ = true;
    boost::asio::post(context_, [given = turn_given_] { *given = false; });
}

std::size_t LoopState::portions() const {
    return std::clamp<std::size_t>(load_.load(std::memory_order_relaxed) / kPortion, 1,
                                   kMostPortions);
}

std::chrono::milliseconds LoopState::tick_pause() const {
    return kTick / portions();
}

// Whoever is slow to fill a buffer gives it up while others want one, and before they do: slow
// clients could else hold all of them. One by one where nobody waits yet: what they have so far is
// work as well.
std::size_t LoopState::buffers_lacking() const {
    if (buffers_.waiters() > 0) {
        return std::numeric_limits<std::size_t>::max();
    }
    const std::uint64_t in_use = buffers_.in_use().value();
    const std::uint64_t allowed = buffers_.budget().value() / 2;
    constexpr std::uint64_t kEach = runtime::BufferPool::kSmall.value();
    return in_use > allowed ? (in_use - allowed + kEach - 1) / kEach : 0;
}

bool LoopState::tick() {
    now_ = std::chrono::steady_clock::now();
    std::size_t lacking = buffers_lacking();
    std::size_t left = load_.load(std::memory_order_relaxed) / portions() + 1;
    for (; left > 0 && !sockets_.empty(); --left) {
        TimedSocket& socket = sockets_.front();
        sockets_.splice(sockets_.end(), sockets_, sockets_.begin());
        if (socket.deadline() <= now_) {
            socket.wake(Wake::timed_out);
        } else if (lacking > 0 && socket.holds_buffer()) {
            socket.wake(Wake::nudged);
            --lacking;
        }
    }
    ticking_ = !sockets_.empty();
    return ticking_;
}

const std::string& LoopState::http_date() {
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto second = unix_seconds(now);
    if (second != date_second_) {
        date_second_ = second;
        date_ = format_http_date(now);
    }
    return date_;
}

}  // namespace slipway::http
