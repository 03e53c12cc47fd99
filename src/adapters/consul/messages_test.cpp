#include "adapters/consul/messages.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace slipway::adapters::consul {
namespace {

namespace json = boost::json;

ServiceRegistration registration() {
    return {.id = "slipway-192.0.2.1:8080",
            .name = "slipway",
            .address = "192.0.2.1",
            .port = 8080,
            .tags = {"blue"},
            .meta = {{"version", "1.2"}},
            .weight = 3,
            .check_url = "http://192.0.2.1:9090/readyz"};
}

TEST(ConsulMessages, ARegistrationHasItsCheckAndItsEnd) {
    const auto body = json::parse(write_registration(registration(), FirstStatus::passing));
    const auto expected = json::parse(R"({
        "ID": "slipway-192.0.2.1:8080", "Name": "slipway", "Tags": ["blue"],
        "Address": "192.0.2.1", "Port": 8080, "Meta": {"version": "1.2"},
        "Weights": {"Passing": 3, "Warning": 1},
        "Check": {"CheckID": "slipway-192.0.2.1:8080:ready", "Name": "ready",
                  "HTTP": "http://192.0.2.1:9090/readyz", "Method": "GET", "Interval": "10s",
                  "Timeout": "5s", "DeregisterCriticalServiceAfter": "600s",
                  "Status": "passing"}})");
    EXPECT_EQ(body, expected);
}

TEST(ConsulMessages, WhatIsNotReadyIsRegisteredAsThat) {
    const auto body = json::parse(write_registration(registration(), FirstStatus::critical));
    EXPECT_EQ(body.at("Check").at("Status"), "critical");
}

TEST(ConsulMessages, ReadsInstances) {
    const auto read = read_instances(R"([
        {"Node": {"Address": "192.0.2.9"}, "Checks": [],
         "Service": {"ID": "a", "Address": "", "Port": 1, "Meta": null}},
        {"Node": {"Address": "192.0.2.9"},
         "Service": {"ID": "b", "Address": "192.0.2.2", "Port": 65535, "Meta": {"zone": "z"},
                     "Weights": {"Passing": 7, "Warning": 1}}}])");
    ASSERT_TRUE(read) << read.error().detail;
    const std::vector<ServiceInstance> expected{
        {.id = "a", .address = "192.0.2.9", .port = 1, .meta = {}, .weight = 1},
        {.id = "b", .address = "192.0.2.2", .port = 65535, .meta = {{"zone", "z"}}, .weight = 7}};
    EXPECT_EQ(*read, expected);
    EXPECT_TRUE(read_instances("[]")->empty());
}

TEST(ConsulMessages, RefusesInstancesThatCannotBeReached) {
    for (const std::string text : {"", "{}", "[1]", R"([{"Service": {}}])",
                                   R"([{"Service": {"ID": "a", "Address": "h", "Port": 0}}])",
                                   R"([{"Service": {"ID": "a", "Address": "h", "Port": 65536}}])",
                                   R"([{"Service": {"ID": "a", "Port": 1}}])",
                                   R"([{"Service": {"Address": "h", "Port": 1}}])"}) {
        const auto read = read_instances(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, Errc::invalid) << text;
    }
}

TEST(ConsulMessages, ReadsEntries) {
    const auto read =
        read_entries(R"([{"Key": "a/b", "Value": "aGk="}, {"Key": "a/c", "Value": null}])");
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, (std::vector<KvEntry>{{"a/b", "hi"}, {"a/c", ""}}));
    for (const std::string text : {R"([{"Key": "a", "Value": "aGk"}])", R"([{"Value": "aGk="}])",
                                   R"([{"Key": "a", "Value": "a==="}])", "null"}) {
        EXPECT_FALSE(read_entries(text)) << text;
    }
}

TEST(ConsulMessages, ASessionIsAskedForAndNamed) {
    EXPECT_EQ(
        write_session(
            {.name = "a", .ttl = std::chrono::seconds(10), .lock_delay = std::chrono::seconds(2)}),
        R"({"Name":"a","TTL":"10s","LockDelay":"2s","Behavior":"release"})");
    EXPECT_EQ(read_session_id(R"({"ID":"adf4238a"})"), "adf4238a");
    for (const char* text : {"", "{}", "[]", R"({"ID":""})", R"({"ID":7})"}) {
        EXPECT_FALSE(read_session_id(text)) << text;
    }
}

TEST(ConsulMessages, AKeyTellsWhoHoldsIt) {
    EXPECT_EQ(read_lock(R"([{"Key":"k","ModifyIndex":7,"Session":"s"}])"), (KvLock{"s", 7}));
    EXPECT_EQ(read_lock(R"([{"Key":"k","ModifyIndex":8}])"), (KvLock{"", 8}));
    for (const char* text : {"", "[]", "[7]", R"([{"Session":"s"}])", R"([{"ModifyIndex":0}])"}) {
        EXPECT_FALSE(read_lock(text)) << text;
    }
}

}  // namespace
}  // namespace slipway::adapters::consul
