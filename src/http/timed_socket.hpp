// TimedSocket: a non-blocking connected socket whose waits end by readiness, at a deadline, or when
// its loop nudges it. It moves bytes by plain system calls and waits by the reactor: no timer and
// no coroutine frame per read. Used on one loop. It does not know HTTP.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/intrusive/list_hook.hpp>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "runtime/task.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::http {

class LoopState;

enum class Direction { read, write };
// Why a wait ended. After `nudged` the caller looks at what it cares about and may wait again;
// after `cut` every wait ends at once.
enum class Wake { ready, timed_out, nudged, cut };
enum class Phase { idle, busy };
// Whether more bytes follow at once, so that they can share a segment.
enum class Follow { nothing, more };

struct Transfer {
    enum class Status { moved, would_block, ended };
    Status status = Status::ended;
    std::size_t count = 0;
};

struct Traffic {
    telemetry::Counter& received;
    telemetry::Counter& sent;
};

using ListHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

class TimedSocket : public ListHook {
 public:
    // Joins the loop's list, whose tick watches the deadlines.
    TimedSocket(LoopState& loop, boost::asio::ip::tcp::socket socket, Traffic traffic);

    // One waiter.
    Task<Wake> wait(Direction direction, SteadyTime deadline);
    // The same without a coroutine frame: `const auto [error] = co_await begin_wait(…); woken =
    // end_wait(error);`
    auto begin_wait(Direction direction, SteadyTime deadline) {
        deadline_ = deadline;
        waiting_ = true;
        const auto type = direction == Direction::read ? boost::asio::ip::tcp::socket::wait_read
                                                       : boost::asio::ip::tcp::socket::wait_write;
        // After cut() the socket is readable and writable: the wait ends at once.
        return socket_.async_wait(type, boost::asio::as_tuple(boost::asio::deferred));
    }
    Wake end_wait(boost::system::error_code error);
    // By the loop's coarse clock: up to a tick late, never early.
    SteadyTime deadline_after(std::chrono::milliseconds time) const;

    // `ended` is the end of the stream, or an error.
    Transfer receive(std::span<std::byte> out);
    // Receives at most so many bytes and drops them, without copying.
    Transfer discard(std::size_t limit);
    // Whether bytes can be received now.
    bool has_input();

    // Sends all of it. Errors: cancelled (the peer is gone, or cut), deadline_exceeded (no progress
    // for `stall`).
    Task<Result<>> send_all(std::string_view first, std::span<const std::byte> second,
                            Follow follow, std::chrono::milliseconds stall);
    // Sends all of it without waiting; false where it cannot: the peer is gone, or does not read.
    bool send_at_once(std::string_view text);
    // What a failed write or wait means: cancelled or deadline_exceeded.
    static Error error_of(Wake wake);
    void count_sent(std::size_t bytes) { traffic_.sent.add(bytes); }

    // Ends the wait that is under way, if there is one.
    void wake(Wake reason);
    // Ends the connection both ways; the descriptor stays open until destruction, since others may
    // be using it.
    void cut();
    void shutdown_send();
    int descriptor() { return socket_.native_handle(); }
    boost::asio::any_io_executor executor() { return socket_.get_executor(); }

    // For the loop's tick and for draining.
    SteadyTime deadline() const { return deadline_; }
    Phase phase() const { return phase_; }
    void set_phase(Phase phase) { phase_ = phase; }
    bool holds_buffer() const { return holds_buffer_; }
    void set_holds_buffer(bool holds) { holds_buffer_ = holds; }

 private:
    LoopState& loop_;
    boost::asio::ip::tcp::socket socket_;
    Traffic traffic_;
    SteadyTime deadline_ = SteadyTime::max();
    Wake reason_ = Wake::cut;
    Phase phase_ = Phase::idle;
    bool waiting_ = false;
    bool cut_ = false;
    bool holds_buffer_ = false;
    // The last receive took all there was: asking again would only be told so.
    bool emptied_ = false;
};

}  // namespace slipway::http
