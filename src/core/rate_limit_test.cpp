#include "core/rate_limit.hpp"

#include <gtest/gtest.h>

#include <random>

namespace slipway::core {
namespace {

using namespace std::chrono_literals;

int allowed_at(const RateLimit& limit, RateTime now, RateTime& schedule, int tries) {
    int allowed = 0;
    for (int i = 0; i < tries; ++i) {
        allowed += decide_rate(limit, now, schedule).allowed ? 1 : 0;
    }
    return allowed;
}

TEST(RateLimit, LetsExactlyTheBurstPassAtOnce) {
    for (const RateLimit limit : {RateLimit{100, 200}, RateLimit{1, 1}, RateLimit{3, 7},
                                  RateLimit{20'000, 20'000}, RateLimit{1'000'000, 5}}) {
        RateTime schedule{0};
        EXPECT_EQ(allowed_at(limit, 1h, schedule, static_cast<int>(limit.burst) + 50),
                  static_cast<int>(limit.burst));
    }
}

TEST(RateLimit, TellsWhatIsLeftAndWhenToComeBack) {
    const RateLimit limit{10, 3};
    RateTime schedule{0};
    for (const std::uint32_t left : {2U, 1U, 0U}) {
        EXPECT_EQ(decide_rate(limit, 1h, schedule).remaining, left);
    }
    const auto refused = decide_rate(limit, 1h, schedule);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.retry_after, 100ms);
    RateTime early = schedule;
    EXPECT_FALSE(decide_rate(limit, 1h + 100ms - 1ns, early).allowed);
    EXPECT_TRUE(decide_rate(limit, 1h + 100ms, schedule).allowed);
    EXPECT_FALSE(decide_rate(limit, 1h + 100ms, schedule).allowed);
}

TEST(RateLimit, IsFullAgainAfterItsBurstAtTheRate) {
    const RateLimit limit{100, 200};
    RateTime schedule{0};
    allowed_at(limit, 1h, schedule, 300);
    EXPECT_EQ(allowed_at(limit, 1h + 2s, schedule, 300), 200);
}

TEST(RateLimit, OfNoneAllowsAll) {
    RateTime schedule{0};
    EXPECT_EQ(allowed_at({0, 1}, 1h, schedule, 1000), 1000);
    EXPECT_EQ(schedule, RateTime{0});
}

// Whatever comes and when: in any window no more passes than the burst and the rate over it; and
// over ten seconds of more than enough requests, no less than that either.
TEST(RateLimit, HoldsTheRateForRandomArrivals) {
    for (unsigned seed = 1; seed <= 50; ++seed) {
        std::mt19937 random(seed);
        const auto pick = [&random](std::uint32_t most) {
            return std::uniform_int_distribution<std::uint32_t>(1, most)(random);
        };
        const RateLimit limit{pick(2000), pick(500)};
        RateTime schedule{0};
        RateTime now = 1h;
        const RateTime begin = now;
        std::uint64_t allowed = 0;
        const auto step = interval_of(limit) / 2;
        while (now - begin < 10s) {
            now += std::chrono::nanoseconds(
                1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(step.count())));
            allowed += decide_rate(limit, now, schedule).allowed ? 1 : 0;
            const double seconds = std::chrono::duration<double>(now - begin).count();
            ASSERT_LE(static_cast<double>(allowed), limit.burst + limit.per_second * seconds + 1)
                << "seed " << seed;
        }
        const double due = limit.burst + limit.per_second * 10.0;
        EXPECT_GE(static_cast<double>(allowed), due * 0.95 - 1) << "seed " << seed;
    }
}

// A refusal changes nothing: who keeps asking is not held for longer.
TEST(RateLimit, IsNotUsedUpByRefusals) {
    const RateLimit limit{10, 1};
    RateTime schedule{0};
    EXPECT_TRUE(decide_rate(limit, 1h, schedule).allowed);
    EXPECT_EQ(allowed_at(limit, 1h + 50ms, schedule, 1000), 0);
    EXPECT_TRUE(decide_rate(limit, 1h + 100ms, schedule).allowed);
}

}  // namespace
}  // namespace slipway::core
