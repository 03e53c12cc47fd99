#include "runtime/program.hpp"

#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <stdexcept>
#include <vector>

namespace slipway::runtime {
namespace {

using namespace std::chrono_literals;

// Ends when `steps` has come down to nothing.
Task<int> wait_for(const int& steps) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (steps > 0) {
        timer.expires_after(1ms);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
    co_return 7;
}

TEST(Program, TicksUntilItsTaskEnds) {
    int steps = 3;
    EXPECT_EQ(run_program(wait_for(steps), {[](int) {}, [&] { --steps; }, 1ms}), 7);
}

TEST(Program, HearsEverySignal) {
    int steps = 2;
    std::vector<int> heard;
    ProgramHooks hooks;
    hooks.on_interrupt = [&](int number) {
        heard.push_back(number);
        --steps;
    };
    bool raised = false;
    hooks.on_tick = [&] {
        std::raise(raised ? SIGTERM : SIGINT);
        raised = true;
    };
    hooks.tick = 1ms;
    EXPECT_EQ(run_program(wait_for(steps), std::move(hooks)), 7);
    ASSERT_GE(heard.size(), 2U);
    EXPECT_EQ(heard[0], SIGINT);
    EXPECT_EQ(heard[1], SIGTERM);
}

Task<int> wait_once() {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_after(20ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return 7;
}

TEST(Program, RunsLongerThanATickThatNobodyHears) {
    EXPECT_EQ(run_program(wait_once(), {[](int) {}, nullptr, 1ms}), 7);
}

Task<int> throw_something() {
    throw std::runtime_error("broken");
    co_return 0;
}

TEST(Program, ThrowsWhatItsTaskThrows) {
    EXPECT_THROW(run_program(throw_something(), {[](int) {}, [] {}}), std::runtime_error);
}

}  // namespace
}  // namespace slipway::runtime
