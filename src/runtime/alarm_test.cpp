#include "runtime/alarm.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "runtime/run_blocking.hpp"

namespace slipway::runtime {
namespace {

using namespace std::chrono_literals;

Task<PauseEnd> wait_alone(std::chrono::milliseconds time) {
    const auto alarm = co_await Alarm::open();
    co_return co_await alarm->wait_for(time);
}

TEST(Alarm, EndsAtItsTime) {
    EXPECT_EQ(run_blocking(wait_alone(1ms)), PauseEnd::time);
}

Task<std::pair<PauseEnd, PauseEnd>> wait_after_ring() {
    const auto alarm = co_await Alarm::open();
    alarm->ring();
    alarm->ring();
    co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                               boost::asio::use_awaitable);
    const auto first = co_await alarm->wait_for(1h);
    const auto second = co_await alarm->wait_for(1ms);
    co_return std::pair(first, second);
}

TEST(Alarm, ARingThatMetNobodyEndsTheNextWaitAndOneOnly) {
    EXPECT_EQ(run_blocking(wait_after_ring()), std::pair(PauseEnd::ring, PauseEnd::time));
}

Task<PauseEnd> wait_for_thread() {
    const auto alarm = co_await Alarm::open();
    const std::jthread other([&alarm] { alarm->ring(); });
    co_return co_await alarm->wait_for(1h);
}

TEST(Alarm, IsRungFromAnotherThread) {
    EXPECT_EQ(run_blocking(wait_for_thread()), PauseEnd::ring);
}

Task<void> open_and_drop() {
    const auto alarm = co_await Alarm::open();
    alarm->ring();
}

TEST(Alarm, MayBeGoneWhenItsRingArrives) {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, open_and_drop(), [](const std::exception_ptr&) {});
    loop.run();
}

}  // namespace
}  // namespace slipway::runtime
