#include "http/loop_state.hpp"

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

bool LoopState::tick() {
    now_ = std::chrono::steady_clock::now();
    const bool buffers_wanted = buffers_.waiters() > 0;
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
