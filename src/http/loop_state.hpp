// LoopState: what the connections of one event loop share: the coarse clock, the tick that ends
// overdue waits, the text of the Date field. Touched on its loop only, except load().
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "http/timed_socket.hpp"
#include "runtime/buffer_pool.hpp"
#include "runtime/task.hpp"

namespace slipway::http {

class LoopState {
 public:
    static constexpr std::chrono::milliseconds kTick{100};

    LoopState(boost::asio::io_context& context, const runtime::BufferPool& buffers)
        : context_(context), buffers_(buffers) {}

    boost::asio::io_context& context() { return context_; }
    // Connections handed to this loop; any thread.
    std::atomic<std::size_t>& load() { return load_; }

    void add(TimedSocket& socket);
    SteadyTime now() const { return now_; }
    const std::string& http_date();
    // Completes when it is the caller's turn for work that keeps the loop busy for long, as hashing
    // a full buffer does. There is one turn between two looks at the sockets: whatever is short,
    // such as a refusal, waits for one turn and not for as many as there are bodies.
    Task<void> take_turn();
    // Whether ticks are needed and nobody makes them; who is told so runs tick() until it answers
    // false.
    bool claim_ticks();
    // Ends overdue waits, and as many with a half-filled buffer as others lack buffers, among the
    // sockets whose turn it is: all have theirs within kTick, and thousands are not looked at in
    // one go, for which everybody else would wait. False when no connection is left: ticking ends.
    bool tick();
    // Until the next call of tick().
    std::chrono::milliseconds tick_pause() const;

    template <class Visit>
    void for_each(Visit visit) {
        for (TimedSocket& socket : sockets_) {
            visit(socket);
        }
    }

 private:
    using Sockets =
        boost::intrusive::list<TimedSocket, boost::intrusive::constant_time_size<false>>;

    // In how many calls of tick() all sockets have their turn.
    std::size_t portions() const;
    // How many who are slow to fill a buffer are to give theirs up.
    std::size_t buffers_lacking() const;

    boost::asio::io_context& context_;
    const runtime::BufferPool& buffers_;
    std::atomic<std::size_t> load_{0};
    Sockets sockets_;
    SteadyTime now_ = std::chrono::steady_clock::now();
    bool ticking_ = false;
    // A turn was given since the loop last looked at its sockets. Shared with what ends it.
    const std::shared_ptr<bool> turn_given_ = std::make_shared<bool>(false);
    std::int64_t date_second_ = -1;
    std::string date_;
};

}  // namespace slipway::http
