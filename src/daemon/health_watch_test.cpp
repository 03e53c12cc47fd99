#include "daemon/health_watch.hpp"

#include <gtest/gtest.h>

#include "support/engine_rig.hpp"
#include "support/failing_ports.hpp"

namespace slipway::daemon {
namespace {

using testing::EngineRig;
using testing::FailingCatalog;
using testing::FailingStore;

class HealthWatchTest : public ::testing::Test {
 protected:
    HealthWatchTest() { health_.set_started(); }

    http::Response look() {
        EngineRig::run(look_once());
        return health_.readyz();
    }

    testing::Faults of_catalog_{.at = 2};
    testing::Faults of_store_{.at = 4};
    EngineRig rig_{
        [this](ports::Catalog& catalog) {
            return std::make_unique<FailingCatalog>(catalog, of_catalog_);
        },
        [this](ports::Store& store) { return std::make_unique<FailingStore>(store, of_store_); }};

 private:
    Task<bool> look_once() {
        co_await watch_.look();
        co_return true;
    }

    api::admin::Health health_;
    telemetry::Metrics metrics_;
    HealthWatch watch_{rig_.world, health_, metrics_};
};

TEST_F(HealthWatchTest, WhatDoesNotAnswerIsTheReasonUntilItDoes) {
    EXPECT_EQ(look().status, 200);
    const auto without_catalog = look();
    EXPECT_EQ(without_catalog.status, 503);
    EXPECT_NE(std::get<std::string>(without_catalog.body).find("catalog"), std::string::npos);
    EXPECT_EQ(look().status, 200);
    const auto without_room = look();
    EXPECT_EQ(without_room.status, 503);
    EXPECT_NE(std::get<std::string>(without_room.body).find("disk_full"), std::string::npos);
    EXPECT_EQ(look().status, 200);
}

}  // namespace
}  // namespace slipway::daemon
