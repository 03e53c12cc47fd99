#include "daemon/store_watch.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/memory_store.hpp"
#include "runtime/run_blocking.hpp"
#include "support/failing_ports.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {
namespace {

Task<bool> look(StoreWatch& watch) {
    co_await watch.look();
    co_return true;
}

TEST(StoreWatch, AStoreThatDoesNotAnswerIsTheReasonUntilItDoes) {
    telemetry::set_log_level(telemetry::Level::off);
    adapters::memory::MemoryStore memory;
    testing::Faults faults{.at = 2, .of_store = Errc::unavailable};
    testing::FailingStore store(memory, faults);
    api::admin::Health health;
    health.set_started();
    telemetry::Metrics metrics;
    const engine::Stores stores(store);
    StoreWatch watch(stores, health, metrics);
    runtime::run_blocking(look(watch));
    EXPECT_EQ(health.readyz().status, 200);
    EXPECT_NE(metrics.expose().find("slipway_store_up{store=\"memory\"} 1"), std::string::npos);
    runtime::run_blocking(look(watch));
    EXPECT_EQ(health.readyz().status, 503);
    EXPECT_NE(metrics.expose().find("slipway_store_up{store=\"memory\"} 0"), std::string::npos);
    runtime::run_blocking(look(watch));
    EXPECT_EQ(health.readyz().status, 200);
}

}  // namespace
}  // namespace slipway::daemon
