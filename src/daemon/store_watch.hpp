// StoreWatch: asks the store every few seconds whether it answers, for readiness and metrics. It is
// beside HealthWatch because a store that is away, on another machine, takes its time about it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "api/admin/health.hpp"
#include "ports/store.hpp"
#include "runtime/alarm.hpp"
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
    void stop();

 private:
    ports::Store& store_;
    api::admin::Health& health_;
    std::atomic<bool> answers_{true};
    std::mutex mutex_;
    bool stopping_ = false;
    std::shared_ptr<runtime::Alarm> alarm_;
};

}  // namespace slipway::daemon
