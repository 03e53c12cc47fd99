// StoreWatch: asks the stores every few seconds whether they answer, for readiness and metrics. It
// is beside HealthWatch because a store that is away, on another machine, takes its time about it.
#pragma once

#include <atomic>
#include <deque>

#include "api/admin/health.hpp"
#include "daemon/ticker.hpp"
#include "engine/stores/stores.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

class StoreWatch {
 public:
    // What is handed in outlives it.
    StoreWatch(const engine::Stores& stores, api::admin::Health& health,
               telemetry::Metrics& registry);

    Task<void> look();
    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop() { ticker_.stop(); }

 private:
    struct Watched {
        explicit Watched(ports::Store& watched) : store(watched) {}
        ports::Store& store;
        std::atomic<bool> answers{true};
    };
    Task<void> look_at(Watched& watched);

    std::deque<Watched> stores_;
    api::admin::Health& health_;
    Ticker ticker_;
};

}  // namespace slipway::daemon
