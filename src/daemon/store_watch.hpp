// StoreWatch: asks the store every few seconds whether it answers, for readiness and metrics. It is
// beside HealthWatch because a store that is away, on another machine, takes its time about it.
#pragma once

#include <atomic>

#include "api/admin/health.hpp"
#include "daemon/ticker.hpp"
#include "ports/store.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

class StoreWatch {
 public:
    // What is handed in outlives it.
    StoreWatch(ports::Store& store, api::admin::Health& health, telemetry::Metrics& registry);

    Task<void> look();
    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop() { ticker_.stop(); }

 private:
    ports::Store& store_;
    api::admin::Health& health_;
    std::atomic<bool> answers_{true};
    Ticker ticker_;
};

}  // namespace slipway::daemon
