#include "daemon/cluster/shared_watch.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_shared_state.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::daemon {
namespace {

using runtime::run_blocking;

Task<Result<>> count(unsigned& calls, const bool& fails) {
    ++calls;
    co_return fails ? failure(Errc::unavailable, "away") : Result<>();
}

class SharedWatchTest : public testing::Test {
 protected:
    adapters::memory::ManualClock clock_;
    adapters::memory::MemorySharedState state_{clock_};
    unsigned api_ = 0;
    unsigned signing_ = 0;
    unsigned store_ = 0;
    unsigned events_ = 0;
    bool fails_ = false;
    bool never_ = false;
    SharedWatch watch_{{.state = state_,
                        .load_api_keys = [this] { return count(api_, fails_); },
                        .load_signing_keys = [this] { return count(signing_, never_); },
                        .load_active_store = [this] { return count(store_, never_); },
                        .count_events = [this] { return count(events_, never_); }}};
};

TEST_F(SharedWatchTest, ReadsWhatHasChanged) {
    ASSERT_TRUE(run_blocking(watch_.look()));
    ASSERT_TRUE(run_blocking(watch_.look()));
    EXPECT_EQ(api_, 1U);
    EXPECT_EQ(signing_, 1U);
    EXPECT_EQ(store_, 2U);
    EXPECT_EQ(events_, 2U);
    state_.change_api_keys();
    ASSERT_TRUE(run_blocking(watch_.look()));
    EXPECT_EQ(api_, 2U);
    EXPECT_EQ(signing_, 1U);
    ASSERT_TRUE(run_blocking(state_.ensure_signing_number(clock_.wall())));
    ASSERT_TRUE(run_blocking(watch_.look()));
    EXPECT_EQ(api_, 2U);
    EXPECT_EQ(signing_, 2U);
}

TEST_F(SharedWatchTest, WhatCouldNotBeReadIsReadByTheNextLook) {
    fails_ = true;
    EXPECT_FALSE(run_blocking(watch_.look()));
    EXPECT_FALSE(run_blocking(watch_.look()));
    fails_ = false;
    EXPECT_TRUE(run_blocking(watch_.look()));
    EXPECT_EQ(api_, 3U);
    EXPECT_TRUE(run_blocking(watch_.look()));
    EXPECT_EQ(api_, 3U);
}

}  // namespace
}  // namespace slipway::daemon
