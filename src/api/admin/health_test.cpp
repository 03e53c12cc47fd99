#include "api/admin/health.hpp"

#include <gtest/gtest.h>

#include <string>

namespace slipway::api::admin {
namespace {

std::string told(const http::Response& response) {
    return std::to_string(response.status) + " " + std::get<std::string>(response.body);
}

TEST(Health, IsReadyWhenItHasStartedAndNothingIsAmiss) {
    Health health;
    EXPECT_EQ(told(health.livez()), R"(200 {"status":"ok"})");
    EXPECT_EQ(told(health.startupz()), R"(503 {"status":"unavailable","reasons":["starting"]})");
    EXPECT_EQ(told(health.readyz()), R"(503 {"status":"unavailable","reasons":["starting"]})");
    health.set_started();
    EXPECT_EQ(told(health.startupz()), R"(200 {"status":"ok"})");
    EXPECT_EQ(told(health.readyz()), R"(200 {"status":"ok"})");
}

TEST(Health, NamesEveryReasonAndStaysAlive) {
    Health health;
    health.set_started();
    health.set_low_space(true);
    health.set_catalog_away(true);
    health.set_store_away(true);
    health.set_draining();
    EXPECT_EQ(
        told(health.readyz()),
        R"(503 {"status":"unavailable","reasons":["draining","disk_full","catalog","store"]})");
    EXPECT_EQ(told(health.livez()), R"(200 {"status":"ok"})");
    EXPECT_EQ(told(health.startupz()), R"(200 {"status":"ok"})");
    health.set_low_space(false);
    health.set_catalog_away(false);
    health.set_store_away(false);
    EXPECT_EQ(told(health.readyz()), R"(503 {"status":"unavailable","reasons":["draining"]})");
}

TEST(Health, WhatLeavesIsNotReadyAndStillWorks) {
    Health health;
    health.set_started();
    health.set_leaving();
    EXPECT_EQ(told(health.readyz()), R"(503 {"status":"unavailable","reasons":["draining"]})");
    EXPECT_FALSE(health.draining());
}

}  // namespace
}  // namespace slipway::api::admin
