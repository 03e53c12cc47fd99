#include "adapters/consul/registration.hpp"

#include <gtest/gtest.h>

#include "adapters/consul/scripted_consul.hpp"
#include "runtime/group.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::adapters::consul {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

constexpr std::string_view kRegister = "PUT /v1/agent/service/register";
constexpr std::string_view kLook = "GET /v1/agent/service/me";
constexpr std::string_view kDeregister = "PUT /v1/agent/service/deregister/me";

ServiceRegistration service() {
    ServiceRegistration service;
    service.id = "me";
    return service;
}

// Runs a registration against these answers; leaves after so many looks.
class RegistrationTest : public ::testing::Test {
 protected:
    Strings run(std::vector<std::string> answers, int looks) {
        ScriptedConsul consul(std::move(answers));
        ConsulClient client({.address = consul.url(), .token = {}, .ca = {}});
        runtime::run_blocking(run_on(client, looks));
        return consul.requests();
    }

    Task<bool> run_on(ConsulClient& client, int looks) {
        runtime::OneShot<bool> enough;
        RegistrationEvents events{.registered = [this] { ++registered_; },
                                  .asked =
                                      [&](const Result<>& looked) {
                                          outcomes_.push_back(looked.has_value());
                                          if (outcomes_.size() == static_cast<std::size_t>(looks)) {
                                              enough.deliver(true);
                                          }
                                      }};
        Registration registration(
            client, service(), [] { return true; }, [] { return 0.0; }, events,
            {.interval = 1ms, .backoff = {.base = 0ms, .max = 0ms}});
        const auto group = co_await runtime::Group::open();
        group->spawn(registration.run());
        co_await enough.wait();
        left_ = co_await registration.leave();
        co_await group->wait();
        co_return true;
    }

    int registered_ = 0;
    std::vector<bool> outcomes_;
    Result<> left_;
};

// The last look may or may not have been followed by another before it left.
void expect_begins(const Strings& requests, const std::vector<std::string_view>& expected) {
    ASSERT_GE(requests.size(), expected.size() + 1);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(requests[i], expected[i]) << i;
    }
    EXPECT_EQ(requests.back(), kDeregister);
}

TEST_F(RegistrationTest, RegistersOnceAndLeaves) {
    expect_begins(run({"200", "200 {}", "200", "200", "200"}, 2), {kRegister, kLook});
    EXPECT_EQ(registered_, 1);
    EXPECT_TRUE(left_);
}

TEST_F(RegistrationTest, IsRegisteredAgainWhereTheAgentForgot) {
    expect_begins(run({"200", "404 unknown", "200", "200 {}", "200", "200", "200"}, 3),
                  {kRegister, kLook, kRegister, kLook});
    EXPECT_EQ(registered_, 2);
}

TEST_F(RegistrationTest, GoesOnWhereTheAgentIsAway) {
    expect_begins(
        run({"500 no leader", "403 no", "200", "500 gone", "404 no", "200", "200", "200"}, 5),
        {kRegister, kRegister, kRegister, kLook, kLook, kRegister});
    EXPECT_EQ(registered_, 2);
    EXPECT_EQ(outcomes_, (std::vector<bool>{false, false, true, false, true}));
}

}  // namespace
}  // namespace slipway::adapters::consul
