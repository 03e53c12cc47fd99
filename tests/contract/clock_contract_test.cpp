// The contract of ports::Clock, run over every adapter, and what each adapter promises on top of
// it.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/system/system_clock.hpp"
#include "ports/clock.hpp"

namespace slipway::contract {
namespace {

using namespace std::chrono_literals;
using adapters::memory::ManualClock;
using adapters::system::SystemClock;

struct ClockAdapter {
    std::string name;
    std::function<std::unique_ptr<ports::Clock>()> make;
};

class ClockContract : public testing::TestWithParam<ClockAdapter> {
 protected:
    std::unique_ptr<ports::Clock> clock_ = GetParam().make();
};

TEST_P(ClockContract, SteadyTimeNeverGoesBack) {
    SteadyTime last = clock_->steady();
    for (int i = 0; i < 10'000; ++i) {
        const SteadyTime now = clock_->steady();
        ASSERT_GE(now, last);
        last = now;
    }
}

TEST_P(ClockContract, SteadyTimeNeverGoesBackBetweenThreads) {
    std::mutex mutex;
    SteadyTime last = clock_->steady();
    int backwards = 0;
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 2'000; ++i) {
                const std::scoped_lock lock(mutex);
                const SteadyTime now = clock_->steady();
                backwards += now < last ? 1 : 0;
                last = now;
            }
        });
    }
    threads.clear();
    EXPECT_EQ(backwards, 0);
}

TEST_P(ClockContract, WallTimeIsADateOfOurDays) {
    EXPECT_GT(clock_->wall(), WallTime(std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)));
    EXPECT_LT(clock_->wall(), WallTime(std::chrono::sys_days(std::chrono::year(2200) / 1 / 1)));
}

INSTANTIATE_TEST_SUITE_P(
    Adapters, ClockContract,
    testing::Values(ClockAdapter{"system", [] { return std::make_unique<SystemClock>(); }},
                    ClockAdapter{"manual", [] { return std::make_unique<ManualClock>(); }}),
    [](const auto& test) { return test.param.name; });

TEST(SystemClock, IsTheTimeOfTheMachine) {
    const SystemClock clock;
    const auto before = std::chrono::system_clock::now();
    const WallTime wall = clock.wall();
    const auto after = std::chrono::system_clock::now();
    EXPECT_GE(wall, std::chrono::floor<std::chrono::milliseconds>(before));
    EXPECT_LE(wall, after);
}

TEST(SystemClock, SteadyTimePasses) {
    const SystemClock clock;
    const SteadyTime before = clock.steady();
    std::this_thread::sleep_for(2ms);
    EXPECT_GE(clock.steady() - before, 2ms);
}

TEST(ManualClock, StandsStillUntilItIsMoved) {
    ManualClock clock;
    const SteadyTime steady = clock.steady();
    EXPECT_EQ(clock.wall(), ManualClock::kStart);
    clock.advance(1500ms);
    EXPECT_EQ(clock.wall(), ManualClock::kStart + 1500ms);
    EXPECT_EQ(clock.steady(), steady + 1500ms);
    EXPECT_EQ(format_rfc3339(clock.wall()), "2026-01-01T00:00:01.500Z");
}

TEST(ManualClock, SettingTheWallClockLeavesSteadyTimeAlone) {
    ManualClock clock;
    const SteadyTime steady = clock.steady();
    clock.set_wall(ManualClock::kStart - 24h);
    EXPECT_EQ(clock.wall(), ManualClock::kStart - 24h);
    EXPECT_EQ(clock.steady(), steady);
}

}  // namespace
}  // namespace slipway::contract
