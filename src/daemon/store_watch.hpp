// StoreWatch: asks the stores every few seconds whether they answer: for their health, on which it
// depends what they are used for, for readiness and for metrics. Those that were away at the start
// it opens when they come. It is beside HealthWatch because a store that is away, on another
// machine, takes its time about it.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "api/admin/health.hpp"
#include "daemon/ticker.hpp"
#include "engine/stores/stores.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

// Of stores that are not there yet, by name. What is opened already stays so.
using StoreOpeners = std::map<std::string, std::function<Task<Result<>>()>, std::less<>>;

class StoreWatch {
 public:
    // What is handed in outlives it.
    StoreWatch(engine::Stores& stores, StoreOpeners openers, api::admin::Health& health,
               telemetry::Metrics& registry);

    Task<void> look();
    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop() { ticker_.stop(); }

 private:
    Task<Result<>> probe(ports::Store& store);
    Task<void> look_at(ports::Store& store);

    engine::Stores& stores_;
    const StoreOpeners openers_;
    api::admin::Health& health_;
    Ticker ticker_;
};

}  // namespace slipway::daemon
