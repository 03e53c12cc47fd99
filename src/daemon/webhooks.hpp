// Webhooks: what takes events over for the endpoints, and the workers that carry them there. Their
// own workers, so that endpoints that do not answer hold up no other task.
#pragma once

#include <vector>

#include "adapters/webhook/webhook_courier.hpp"
#include "adapters/webhook/webhook_sink.hpp"
#include "daemon/config.hpp"
#include "engine/events/delivery_task.hpp"
#include "engine/task_workers.hpp"
#include "engine/world.hpp"

namespace slipway::daemon {

class Webhooks {
 public:
    // The world and the metrics outlive it.
    Webhooks(engine::World& world, engine::DeliveryMetrics& metrics,
             std::vector<adapters::webhook::Endpoint> endpoints, const Config::Webhooks& config);

    // For the relay.
    ports::EventSink& sink() { return sink_; }
    // There are events to carry. Thread-safe.
    void wake() { workers_.wake(); }

    // Until stop(). Once.
    Task<void> run() { return workers_.run(); }
    // Thread-safe, idempotent. What is under way is given back and carried after the next start.
    void stop();

 private:
    adapters::webhook::WebhookSink sink_;
    adapters::webhook::WebhookCourier courier_;
    engine::DeliveryTask delivery_;
    engine::TaskWorkers workers_;
};

}  // namespace slipway::daemon
