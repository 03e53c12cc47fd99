#include "http/loop_state.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>

#include "base/file_descriptor.hpp"

namespace slipway::http {
namespace {

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

}  // namespace
}  // namespace slipway::http
