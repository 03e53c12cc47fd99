#include "runtime/blocking_pool.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "runtime/event_loops.hpp"
#include "runtime/hop.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::runtime {
namespace {

Task<bool> resumes_on_its_own_thread(BlockingPool& pool) {
    const auto before = std::this_thread::get_id();
    const auto inside = co_await pool.run([] { return std::this_thread::get_id(); });
    co_return inside != before&& std::this_thread::get_id() == before;
}

TEST(BlockingPool, RunsElsewhereAndResumesHere) {
    BlockingPool pool(2);
    for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(run_blocking(resumes_on_its_own_thread(pool)));
    }
    EXPECT_EQ(pool.waiting(), 0U);
}

TEST(BlockingPool, OverALoopRunsOnItsThreadInOrder) {
    boost::asio::io_context loop(1);
    BlockingPool pool(loop);
    std::vector<int> order;
    pool.submit([&] {
        order.push_back(1);
        pool.submit([&] { order.push_back(3); });
    });
    pool.submit([&] { order.push_back(2); });
    EXPECT_TRUE(order.empty()) << "nothing runs within submit()";
    EXPECT_EQ(pool.waiting(), 2U);
    loop.poll();
    pool.stop();
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
    EXPECT_EQ(pool.waiting(), 0U);
}

Task<std::thread::id> this_thread() {
    co_return std::this_thread::get_id();
}

Task<bool> hops_and_returns(EventLoops& loops) {
    const auto here = std::this_thread::get_id();
    const auto there = co_await on(loops.at(1), this_thread());
    co_return there != here&& std::this_thread::get_id() == here;
}

TEST(Hop, RunsOnTheOtherLoopAndResumesHere) {
    EventLoops loops(2);
    loops.start();
    EXPECT_TRUE(run_blocking(hops_and_returns(loops)));
    loops.stop();
}

}  // namespace
}  // namespace slipway::runtime
