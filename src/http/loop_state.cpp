#include "http/loop_state.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace slipway::http {

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

// Whoever is slow to fill a buffer gives it up while others want one, and before they do: slow
// clients could else hold all of them.
bool LoopState::wants_buffers() const {
    return buffers_.waiters() > 0 || buffers_.in_use().value() > buffers_.budget().value() / 2;
}

bool LoopState::tick() {
    now_ = std::chrono::steady_clock::now();
    const bool buffers_wanted = wants_buffers();
    for (TimedSocket& socket : sockets_) {
        if (socket.deadline() <= now_) {
            socket.wake(Wake::timed_out);
        } else if (buffers_wanted && socket.holds_buffer()) {
            socket.wake(Wake::nudged);
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
