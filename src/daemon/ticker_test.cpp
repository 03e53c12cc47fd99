#include "daemon/ticker.hpp"

#include <gtest/gtest.h>

#include "runtime/run_blocking.hpp"

namespace slipway::daemon {
namespace {

using namespace std::chrono_literals;

struct Counted {
    Ticker ticker;
    int done = 0;

    Task<void> count_to(int most) {
        if (++done == most) {
            ticker.stop();
        }
        co_return;
    }
    Task<bool> run(int most) {
        co_await ticker.run(1ms, [this, most] { return count_to(most); });
        co_return true;
    }
};

TEST(Ticker, WorksAgainAndAgainUntilItIsStopped) {
    Counted counted;
    EXPECT_TRUE(runtime::run_blocking(counted.run(3)));
    EXPECT_EQ(counted.done, 3);
}

TEST(Ticker, DoesNothingOnceItIsStopped) {
    Counted counted;
    counted.ticker.stop();
    EXPECT_TRUE(runtime::run_blocking(counted.run(1)));
    EXPECT_EQ(counted.done, 0);
}

}  // namespace
}  // namespace slipway::daemon
