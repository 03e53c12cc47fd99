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
    engine::Stores stores(store);
    StoreWatch watch(stores, {}, health, metrics);
    runtime::run_blocking(look(watch));
    EXPECT_EQ(health.readyz().status, 200);
    EXPECT_NE(metrics.expose().find("slipway_store_up{store=\"memory\"} 1"), std::string::npos);
    runtime::run_blocking(look(watch));
    EXPECT_EQ(health.readyz().status, 503);
    EXPECT_NE(metrics.expose().find("slipway_store_up{store=\"memory\"} 0"), std::string::npos);
    runtime::run_blocking(look(watch));
    EXPECT_EQ(health.readyz().status, 200);
}

Task<Result<>> open_once(const bool& comes, engine::LateStore& late, ports::Store& store) {
    if (!comes) {
        co_return failure(Errc::unavailable, "it is away");
    }
    late.arrive(store);
    co_return Result<>();
}

// One of two that is away since the start is opened when it comes, and the server is ready before.
TEST(StoreWatch, AStoreThatComesLateIsOpened) {
    telemetry::set_log_level(telemetry::Level::off);
    adapters::memory::MemoryStore first("first");
    adapters::memory::MemoryStore second("second");
    engine::LateStore late("second", "it is away");
    engine::Stores stores({{.store = first}, {.store = late}});
    bool comes = false;
    const auto open = [&] { return open_once(comes, late, second); };
    api::admin::Health health;
    health.set_started();
    telemetry::Metrics metrics;
    StoreWatch watch(stores, {{"second", open}}, health, metrics);
    EXPECT_FALSE(stores.is_up("second"));
    runtime::run_blocking(look(watch));
    EXPECT_FALSE(stores.is_up("second"));
    EXPECT_EQ(health.readyz().status, 200);
    comes = true;
    runtime::run_blocking(look(watch));
    EXPECT_TRUE(stores.is_up("second"));
    EXPECT_NE(metrics.expose().find("slipway_store_up{store=\"second\"} 1"), std::string::npos);
}

}  // namespace
}  // namespace slipway::daemon
