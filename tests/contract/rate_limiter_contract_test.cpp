// The contract of ports::RateLimiter, run over every adapter.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_rate_limiter.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::contract {
namespace {

using namespace std::chrono_literals;
using adapters::memory::ManualClock;
using adapters::memory::MemoryRateLimiter;
using core::RateLimit;

struct RateLimiterAdapter {
    std::string name;
    std::function<std::unique_ptr<ports::RateLimiter>(const ports::Clock&)> make;
};

class RateLimiterContract : public testing::TestWithParam<RateLimiterAdapter> {
 protected:
    core::RateVerdict take(const std::string& key, RateLimit limit) {
        return runtime::run_blocking(limiter_->take(key, limit));
    }
    int allowed(const std::string& key, RateLimit limit, int tries) {
        int count = 0;
        for (int i = 0; i < tries; ++i) {
            count += take(key, limit).allowed ? 1 : 0;
        }
        return count;
    }

    ManualClock clock_;
    std::unique_ptr<ports::RateLimiter> limiter_ = GetParam().make(clock_);
};

TEST_P(RateLimiterContract, LetsTheBurstPassAndThenTheRate) {
    const RateLimit limit{100, 200};
    EXPECT_EQ(allowed("a", limit, 500), 200);
    int passed = 0;
    for (int i = 0; i < 1000; ++i) {
        clock_.advance(10ms);
        passed += allowed("a", limit, 3);
    }
    EXPECT_NEAR(passed, 1000, 50);
}

TEST_P(RateLimiterContract, KeepsKeysApart) {
    const RateLimit limit{1, 5};
    EXPECT_EQ(allowed("a", limit, 9), 5);
    EXPECT_EQ(allowed("b", limit, 9), 5);
    EXPECT_EQ(allowed("", limit, 9), 5);
    EXPECT_EQ(allowed("a", limit, 9), 0);
}

TEST_P(RateLimiterContract, TellsWhatIsLeftAndWhenToComeBack) {
    const RateLimit limit{10, 2};
    EXPECT_EQ(take("a", limit).remaining, 1U);
    EXPECT_EQ(take("a", limit).remaining, 0U);
    const auto refused = take("a", limit);
    EXPECT_FALSE(refused.allowed);
    EXPECT_GT(refused.retry_after, 90ms);
    EXPECT_LE(refused.retry_after, 100ms);
}

TEST_P(RateLimiterContract, HasNoLimitOfZero) {
    EXPECT_EQ(allowed("a", {0, 1}, 1000), 1000);
}

TEST_P(RateLimiterContract, IsExactFromManyThreads) {
    const RateLimit limit{1, 1000};
    std::atomic<int> passed{0};
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&] { passed += allowed("a", limit, 400); });
    }
    threads.clear();
    EXPECT_EQ(passed.load(), 1000);
}

TEST_P(RateLimiterContract, RemembersManyKeys) {
    const RateLimit limit{1, 1};
    for (int key = 0; key < 65'536; ++key) {
        ASSERT_TRUE(take("key" + std::to_string(key), limit).allowed);
    }
    int again = 0;
    for (int key = 0; key < 65'536; ++key) {
        again += take("key" + std::to_string(key), limit).allowed ? 1 : 0;
    }
    EXPECT_EQ(again, 0);
}

INSTANTIATE_TEST_SUITE_P(All, RateLimiterContract,
                         testing::Values(RateLimiterAdapter{
                             "memory",
                             [](const ports::Clock& clock) {
                                 return std::make_unique<MemoryRateLimiter>(clock);
                             }}),
                         [](const auto& tested) { return tested.param.name; });

TEST(MemoryRateLimiter, StaysWithinItsRoomAndForgetsTheLeastBusy) {
    ManualClock clock;
    MemoryRateLimiter limiter(clock, 640);
    const auto take = [&](const std::string& key, RateLimit limit) {
        return runtime::run_blocking(limiter.take(key, limit)).allowed;
    };
    const RateLimit strict{1, 50};
    while (take("busy", strict)) {
    }
    for (int key = 0; key < 20'000; ++key) {
        take("key" + std::to_string(key), {1, 2});
        ASSERT_LE(limiter.keys(), 640U);
    }
    EXPECT_FALSE(take("busy", strict));
}

TEST(MemoryRateLimiter, GivesTheRoomOfIdleKeysToOthers) {
    ManualClock clock;
    MemoryRateLimiter limiter(clock, 64);
    for (int key = 0; key < 1000; ++key) {
        runtime::run_blocking(limiter.take("key" + std::to_string(key), {10, 1}));
        clock.advance(100ms);
    }
    EXPECT_LE(limiter.keys(), 64U);
}

}  // namespace
}  // namespace slipway::contract
