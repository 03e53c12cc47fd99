// DeliveryTask: carries one event to one endpoint (core/delivery.hpp). It sees to the order: an
// event waits until the one before it, of the same upload and for the same endpoint, is delivered
// or given up.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "core/delivery.hpp"
#include "engine/task_handler.hpp"
#include "ports/clock.hpp"
#include "ports/event_sink.hpp"
#include "ports/task_queue.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::engine {

// Attempts by their outcome, registered once.
struct DeliveryMetrics {
    explicit DeliveryMetrics(telemetry::Metrics& registry);

    telemetry::Counter& delivered;
    telemetry::Counter& failed;
    telemetry::Counter& given_up;
};

class DeliveryTask final : public TaskHandler {
 public:
    // All of them outlive it. `most_at_once`: to one endpoint, so that one that is slow leaves
    // workers for the others.
    DeliveryTask(ports::TaskQueue& queue, ports::Clock& clock, ports::EventCourier& courier,
                 DeliveryMetrics& metrics, std::size_t most_at_once)
        : queue_(queue),
          clock_(clock),
          courier_(courier),
          metrics_(metrics),
          most_at_once_(most_at_once) {}

    Task<TaskOutcome> run(TaskContext& context) override;

 private:
    // The one before it that is neither delivered nor given up; nothing where there is none.
    Task<Result<std::optional<core::QueuedTask>>> find_predecessor(core::Delivery delivery);
    std::chrono::milliseconds wait_for(const core::QueuedTask& predecessor) const;
    TaskOutcome settle(const core::QueuedTask& task, ports::DeliveryOutcome outcome);

    ports::TaskQueue& queue_;
    ports::Clock& clock_;
    ports::EventCourier& courier_;
    DeliveryMetrics& metrics_;
    const std::size_t most_at_once_;
    std::map<std::string, std::size_t> under_way_;
};

}  // namespace slipway::engine
