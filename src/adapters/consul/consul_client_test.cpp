#include "adapters/consul/consul_client.hpp"

#include <gtest/gtest.h>

#include "adapters/consul/scripted_consul.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::adapters::consul {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

TEST(ConsulClient, StatesItsTokenAndNamesWhatItMeans) {
    ScriptedConsul consul({"200", "404 unknown service", "200 []"});
    ConsulClient client({.address = consul.url(), .token = "secret", .ca = {}});
    EXPECT_TRUE(runtime::run_blocking(client.deregister_service("a b")));
    EXPECT_EQ(runtime::run_blocking(client.knows_service("x/y")), false);
    EXPECT_TRUE(consul.last_head().contains("\r\nX-Consul-Token: secret\r\n"));
    EXPECT_TRUE(runtime::run_blocking(client.passing("slipway", {.index = 7, .wait = 5s})));
    EXPECT_EQ(consul.requests(),
              (Strings{"PUT /v1/agent/service/deregister/a%20b", "GET /v1/agent/service/x%2Fy",
                       "GET /v1/health/service/slipway?passing=true&index=7&wait=5s"}));
}

TEST(ConsulClient, AnswersTheIndexOfAQuery) {
    ScriptedConsul consul({"200 []", "404", R"(200 [{"Key":"p/a","Value":"MQ=="}])"});
    ConsulClient client({.address = consul.url(), .token = {}, .ca = {}});
    const auto peers = runtime::run_blocking(client.passing("slipway", {}));
    ASSERT_TRUE(peers);
    EXPECT_EQ(peers->index, 42U);
    const auto none = runtime::run_blocking(client.read_tree("p/", {}));
    ASSERT_TRUE(none) << none.error().detail;
    EXPECT_TRUE(none->value.empty());
    EXPECT_EQ(none->index, 42U);
    const auto one = runtime::run_blocking(client.read_tree("p/", {}));
    ASSERT_TRUE(one);
    EXPECT_EQ(one->value, (std::vector<KvEntry>{{"p/a", "1"}}));
    EXPECT_FALSE(consul.last_head().contains("X-Consul-Token"));
}

TEST(ConsulClient, TellsWhatAFailureMeans) {
    const std::vector<std::pair<unsigned, Errc>> table{
        {400, Errc::invalid},     {401, Errc::forbidden},   {403, Errc::forbidden},
        {404, Errc::not_found},   {405, Errc::invalid},     {429, Errc::throttled},
        {500, Errc::unavailable}, {503, Errc::unavailable}, {302, Errc::invalid}};
    for (const auto& [status, code] : table) {
        EXPECT_EQ(translate_status(status, "").code, code) << status;
    }
    EXPECT_EQ(translate_status(500, "No cluster leader\n").detail,
              "Consul answered 500 No cluster leader");
}

TEST(ConsulClient, WhatIsAwayIsUnavailable) {
    const ScriptedConsul consul({});
    ConsulClient client({.address = consul.url(), .token = {}, .ca = {}});
    const auto known = runtime::run_blocking(client.knows_service("a"));
    ASSERT_FALSE(known);
    EXPECT_EQ(known.error().code, Errc::unavailable);
}

TEST(ConsulClient, AnAnswerThatIsNoneIsRefused) {
    ScriptedConsul consul({"200 <html>", "500 rpc error"});
    ConsulClient client({.address = consul.url(), .token = {}, .ca = {}});
    EXPECT_EQ(runtime::run_blocking(client.passing("slipway", {})).error().code, Errc::invalid);
    EXPECT_EQ(runtime::run_blocking(client.read_tree("p/", {})).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace slipway::adapters::consul
