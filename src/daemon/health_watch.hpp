// HealthWatch: looks once a second at what readiness depends on: the room of the store and whether
// the catalog answers.
#pragma once

#include <atomic>
#include <cstdint>

#include "api/admin/health.hpp"
#include "daemon/ticker.hpp"
#include "engine/world.hpp"

namespace slipway::daemon {

class HealthWatch {
 public:
    // What is handed in outlives it.
    HealthWatch(engine::World& world, api::admin::Health& health, telemetry::Metrics& registry);

    // Looks once; who starts serving has looked before.
    Task<void> look();
    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop() { ticker_.stop(); }

 private:
    engine::World& world_;
    api::admin::Health& health_;
    std::atomic<std::uint64_t> free_{0};
    Ticker ticker_;
};

}  // namespace slipway::daemon
