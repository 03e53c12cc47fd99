#include "adapters/consul/consul_lock.hpp"

#include <gtest/gtest.h>

#include "adapters/consul/scripted_consul.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::adapters::consul {
namespace {

using runtime::run_blocking;
using Strings = std::vector<std::string>;

constexpr std::int64_t kNobody = 0;
constexpr std::int64_t kUnknown = -1;

// The token that it is held with.
std::int64_t hold(ConsulLock& lock) {
    const auto held = run_blocking(lock.hold());
    if (!held) {
        EXPECT_EQ(held.error().code, Errc::unavailable) << held.error().detail;
        return kUnknown;
    }
    return *held ? static_cast<std::int64_t>(**held) : kNobody;
}

constexpr const char* kMade = R"(200 {"ID":"s1"})";
constexpr const char* kMine = R"(200 [{"Key":"k","ModifyIndex":70,"LockIndex":3,"Session":"s1"}])";
constexpr const char* kTouched = R"(200 [{"Key":"k","ModifyIndex":75,"Session":"s1"}])";
constexpr const char* kOthers = R"(200 [{"Key":"k","ModifyIndex":80,"Session":"s9"}])";
constexpr const char* kNobodys = R"(200 [{"Key":"k","ModifyIndex":81}])";

class ConsulLockTest : public testing::Test {
 protected:
    ConsulLock& with(Strings answers) {
        consul_.emplace(std::move(answers));
        client_.emplace(ConsulOptions{.address = consul_->url(), .token = {}, .ca = {}});
        return lock_.emplace(*client_, LockOptions{.key = "slipway/relay", .holder = "me"});
    }

    std::optional<ScriptedConsul> consul_;
    std::optional<ConsulClient> client_;
    std::optional<ConsulLock> lock_;
};

TEST_F(ConsulLockTest, ItsTokenIsTheIndexOfItsTaking) {
    auto& lock = with({kMade, "200 true", kMine, "200", kTouched, "200"});
    EXPECT_EQ(hold(lock), 70);
    EXPECT_EQ(hold(lock), 70) << "whatever somebody has written to it since";
    EXPECT_TRUE(run_blocking(lock.release()));
    EXPECT_EQ(
        consul_->requests(),
        (Strings{"PUT /v1/session/create", "PUT /v1/kv/slipway%2Frelay?acquire=s1",
                 "GET /v1/kv/slipway%2Frelay?consistent=true", "PUT /v1/session/renew/s1",
                 "GET /v1/kv/slipway%2Frelay?consistent=true", "PUT /v1/session/destroy/s1"}));
}

TEST_F(ConsulLockTest, WhatAnotherHoldsIsAskedForAgain) {
    auto& lock = with({kMade, "200 false", "200", "200 true", kMine});
    EXPECT_EQ(hold(lock), kNobody);
    EXPECT_EQ(hold(lock), 70);
}

TEST_F(ConsulLockTest, ALockThatWasTakenAwayIsNotHeld) {
    auto& lock = with({kMade, "200 true", kMine, "200", kOthers, "200", "200 false"});
    EXPECT_EQ(hold(lock), 70);
    EXPECT_EQ(hold(lock), kNobody);
    EXPECT_EQ(hold(lock), kNobody);
}

TEST_F(ConsulLockTest, ASessionThatIsUnknownIsMadeAnewAndHoldsNothing) {
    auto& lock = with({kMade, "200 true", kMine, "404", R"(200 {"ID":"s2"})", "200 false"});
    EXPECT_EQ(hold(lock), 70);
    EXPECT_EQ(hold(lock), kNobody);
}

TEST_F(ConsulLockTest, WhetherItIsHeldIsNotKnownWhileConsulIsAway) {
    auto& lock = with({kMade, "200 true", kMine, "500 No cluster leader", "200", kMine});
    EXPECT_EQ(hold(lock), 70);
    EXPECT_EQ(hold(lock), kUnknown);
    EXPECT_EQ(hold(lock), 70);
}

TEST_F(ConsulLockTest, AKeyWithoutAHolderIsNotHeld) {
    auto& lock = with({kMade, "200 true", kNobodys});
    EXPECT_EQ(hold(lock), kNobody);
}

}  // namespace
}  // namespace slipway::adapters::consul
