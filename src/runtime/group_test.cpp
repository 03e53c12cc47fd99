#include "runtime/group.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <vector>

#include "runtime/run_blocking.hpp"
#include "runtime/slots.hpp"

namespace slipway::runtime {
namespace {

Task<void> yield() {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                               boost::asio::use_awaitable);
}

Task<void> count_after(int yields, int& done) {
    for (int i = 0; i < yields; ++i) {
        co_await yield();
    }
    ++done;
}

Task<int> run_group(int tasks, int yields) {
    int done = 0;
    const auto group = co_await Group::open();
    for (int i = 0; i < tasks; ++i) {
        group->spawn(count_after(yields * i, done));
    }
    co_await group->wait();
    co_return done;
}

TEST(Group, WaitsForAllOfItsTasks) {
    EXPECT_EQ(run_blocking(run_group(0, 0)), 0);
    EXPECT_EQ(run_blocking(run_group(1, 0)), 1);
    EXPECT_EQ(run_blocking(run_group(20, 3)), 20);
}

Task<void> throw_late() {
    co_await yield();
    throw std::runtime_error("broken");
}

Task<bool> run_throwing_group() {
    int done = 0;
    const auto group = co_await Group::open();
    group->spawn(throw_late());
    group->spawn(count_after(10, done));
    bool thrown = false;
    try {
        co_await group->wait();
    } catch (const std::runtime_error&) {
        thrown = true;
    }
    co_return thrown&& done == 1;
}

TEST(Group, WhatATaskThrowsIsThrownWhenAllHaveEnded) {
    EXPECT_TRUE(run_blocking(run_throwing_group()));
}

struct Usage {
    int now = 0;
    int most = 0;
    std::vector<int> order;
};

Task<void> use_slot(Slots& slots, Usage& usage, int name) {
    const auto slot = co_await slots.take();
    usage.order.push_back(name);
    usage.most = std::max(usage.most, ++usage.now);
    co_await yield();
    co_await yield();
    --usage.now;
}

Task<Usage> run_slots(std::size_t count, int tasks) {
    Slots slots(count);
    Usage usage;
    const auto group = co_await Group::open();
    for (int i = 0; i < tasks; ++i) {
        group->spawn(use_slot(slots, usage, i));
    }
    co_await group->wait();
    co_return usage;
}

TEST(Slots, NoMoreThanThereAreInOrderOfAsking) {
    for (const std::size_t count : {1U, 3U, 50U}) {
        const auto usage = run_blocking(run_slots(count, 20));
        EXPECT_EQ(usage.most, static_cast<int>(std::min<std::size_t>(count, 20)));
        EXPECT_EQ(usage.now, 0);
        ASSERT_EQ(usage.order.size(), 20U);
        EXPECT_TRUE(std::ranges::is_sorted(usage.order));
    }
}

}  // namespace
}  // namespace slipway::runtime
