#include "http/loop_state.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/file_descriptor.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::http {
namespace {

using namespace std::chrono_literals;
using Socket = boost::asio::local::stream_protocol::socket;

Task<void> work_heavily(LoopState& loop, std::string& order, int times) {
    for (int i = 0; i < times; ++i) {
        co_await loop.take_turn();
        order += 'H';
        // The next buffer is there already.
        co_await boost::asio::post(boost::asio::use_awaitable);
    }
}

Task<void> answer_shortly(Socket& readable, std::string& order, int times) {
    for (int i = 0; i < times; ++i) {
        co_await readable.async_wait(Socket::wait_read, boost::asio::use_awaitable);
        order += 's';
    }
}

TEST(LoopState, LooksAtItsSocketsBetweenTwoTurns) {
    boost::asio::io_context context(1);
    runtime::BufferPool buffers(1_MiB);
    LoopState loop(context, buffers);
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    Socket readable(context, boost::asio::local::stream_protocol(), ends[0]);
    const FileDescriptor other(ends[1]);
    ASSERT_EQ(::send(other.get(), "x", 1, 0), 1);
    std::string order;
    for (int body = 0; body < 8; ++body) {
        boost::asio::co_spawn(context, work_heavily(loop, order, 10), boost::asio::detached);
    }
    boost::asio::co_spawn(context, answer_shortly(readable, order, 30), boost::asio::detached);
    context.run();
    EXPECT_EQ(std::ranges::count(order, 'H'), 80);
    const std::size_t begin = order.find('s');
    const std::string while_both = order.substr(begin, order.rfind('s') - begin);
    EXPECT_GT(std::ranges::count(while_both, 'H'), 20) << order;
    EXPECT_FALSE(while_both.contains("HHH")) << order;
}

// Sockets to which nothing comes, each with a coroutine that waits.
class WaitingSockets {
 public:
    explicit WaitingSockets(ByteCount budget) : pool(budget), state_(context_, pool) {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
        end_ = FileDescriptor(ends[0]);
        other_ = FileDescriptor(ends[1]);
    }
    void add(std::size_t count, std::chrono::milliseconds time, bool with_buffer) {
        for (std::size_t i = 0; i < count; ++i) {
            boost::asio::ip::tcp::socket socket(context_, boost::asio::ip::tcp::v4(),
                                                ::dup(end_.get()));
            sockets_.push_back(std::make_unique<TimedSocket>(state_, std::move(socket),
                                                             Traffic{counter_, counter_}));
            sockets_.back()->set_holds_buffer(with_buffer);
            boost::asio::co_spawn(context_, wait(*sockets_.back(), state_.now() + time),
                                  boost::asio::detached);
        }
        state_.load() += count;
        context_.poll();
    }
    std::size_t tick() {
        ended = 0;
        EXPECT_TRUE(state_.tick());
        context_.poll();
        return ended;
    }
    std::chrono::milliseconds pause() const { return state_.tick_pause(); }

    runtime::BufferPool pool;
    std::size_t ended = 0;
    Wake last = Wake::cut;

 private:
    Task<void> wait(TimedSocket& socket, SteadyTime deadline) {
        last = co_await socket.wait(Direction::read, deadline);
        socket.set_holds_buffer(false);
        ++ended;
    }

    boost::asio::io_context context_{1};
    LoopState state_;
    telemetry::Counter counter_;
    FileDescriptor end_;
    FileDescriptor other_;
    std::vector<std::unique_ptr<TimedSocket>> sockets_;
};

std::vector<runtime::BufferLease> lend(runtime::BufferPool& pool, std::size_t count) {
    std::vector<runtime::BufferLease> lent;
    for (std::size_t i = 0; i < count; ++i) {
        lent.push_back(runtime::run_blocking(pool.acquire(1_KiB)));
    }
    return lent;
}

TEST(LoopState, LooksAtManySocketsAFewAtATimeAndAtAllWithinATick) {
    WaitingSockets few(1_MiB);
    few.add(20, 0ms, false);
    EXPECT_EQ(few.pause(), LoopState::kTick);
    EXPECT_EQ(few.tick(), 20U);
    EXPECT_EQ(few.last, Wake::timed_out);

    WaitingSockets many(1_MiB);
    many.add(320, 0ms, false);
    const auto pause = many.pause();
    EXPECT_EQ(pause, LoopState::kTick / 20);
    std::size_t all = 0;
    for (auto time = 0ms; time < LoopState::kTick; time += pause) {
        const std::size_t ended = many.tick();
        EXPECT_LE(ended, 17U);
        all += ended;
    }
    EXPECT_EQ(all, 320U);
}

TEST(LoopState, TakesAsManyHalfFilledBuffersAsAreLent) {
    WaitingSockets slow(1_MiB);
    slow.add(12, 1h, true);
    auto lent = lend(slow.pool, 8);
    EXPECT_EQ(slow.tick(), 0U) << "half of the budget may be held";
    lent.push_back(std::move(lend(slow.pool, 1).front()));
    lent.push_back(std::move(lend(slow.pool, 1).front()));
    EXPECT_EQ(slow.tick(), 2U);
    EXPECT_EQ(slow.last, Wake::nudged);
    for (auto& more : lend(slow.pool, 6)) {
        lent.push_back(std::move(more));
    }
    EXPECT_EQ(slow.tick(), 8U);
    slow.add(12, 1h, true);
    boost::asio::io_context waiting;
    boost::asio::co_spawn(waiting, slow.pool.acquire(1_KiB), boost::asio::detached);
    waiting.poll();
    ASSERT_EQ(slow.pool.waiters(), 1U);
    EXPECT_EQ(slow.tick(), 14U) << "somebody waits";
    lent.clear();
    waiting.restart();
    waiting.run();
}

}  // namespace
}  // namespace slipway::http
