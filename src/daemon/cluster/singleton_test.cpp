#include "daemon/cluster/singleton.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_shared_state.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::daemon {
namespace {

using namespace std::chrono_literals;
using Token = std::optional<std::uint64_t>;

Task<Result<Token>> away() {
    co_return failure(Errc::unavailable, "away");
}

class SingletonTest : public testing::Test {
 protected:
    Singleton::Means means(std::string owner) {
        return {.clock = clock_,
                .name = "relay",
                .length = 10s,
                .take =
                    [this, owner] {
                        return is_away_ ? away()
                                        : state_.take_lease(
                                              {.name = "relay", .owner = owner, .length = 10s});
                    },
                .give_back = [this, owner] { return state_.give_lease_back("relay", owner); }};
    }
    static void look(Singleton& at) { runtime::run_blocking(look_once(at)); }

    adapters::memory::ManualClock clock_;
    adapters::memory::MemorySharedState state_{clock_};
    bool is_away_ = false;

 private:
    static Task<bool> look_once(Singleton& at) {
        co_await at.look();
        co_return true;
    }
};

TEST_F(SingletonTest, OneOfTwoIsTheOne) {
    Singleton one(means("a"));
    Singleton other(means("b"));
    unsigned taken = 0;
    one.on_taken = [&taken] { ++taken; };
    look(one);
    look(other);
    EXPECT_EQ(one.token(), 1U);
    EXPECT_EQ(other.token(), std::nullopt);
    clock_.advance(7s);
    look(one);
    clock_.advance(7s);
    look(other);
    EXPECT_EQ(one.token(), 1U);
    EXPECT_EQ(other.token(), std::nullopt);
    EXPECT_EQ(taken, 1U);
}

TEST_F(SingletonTest, WhatIsNotRenewedIsNotHeldBeforeAnotherCanHaveIt) {
    Singleton one(means("a"));
    Singleton other(means("b"));
    look(one);
    clock_.advance(8s);
    EXPECT_EQ(one.token(), std::nullopt);
    look(other);
    EXPECT_EQ(other.token(), std::nullopt);
    clock_.advance(2s);
    look(other);
    EXPECT_EQ(other.token(), 2U);
    look(one);
    EXPECT_EQ(one.token(), std::nullopt);
}

TEST_F(SingletonTest, ItIsHeldForItsTimeWhileNobodyAnswers) {
    Singleton one(means("a"));
    look(one);
    is_away_ = true;
    clock_.advance(4s);
    look(one);
    EXPECT_EQ(one.token(), 1U);
    clock_.advance(4s);
    look(one);
    EXPECT_EQ(one.token(), std::nullopt);
    is_away_ = false;
    look(one);
    EXPECT_EQ(one.token(), 1U);
}

}  // namespace
}  // namespace slipway::daemon
