#include "daemon/gauges.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include "telemetry/process_metrics.hpp"

namespace slipway::daemon {

void register_gauges(telemetry::Metrics& metrics, GaugeSources from) {
    telemetry::register_process_metrics(metrics, SLIPWAY_VERSION);
    metrics.gauge("slipway_buffers_in_use_bytes", "Memory on loan for bytes in flight.",
                  [from] { return static_cast<double>(from.buffers.in_use().value()); });
    metrics.gauge("slipway_buffer_waiters", "Requests that wait for a buffer.",
                  [from] { return static_cast<double>(from.buffers.waiters()); });
    metrics.gauge("slipway_disk_queue", "Blocking calls that no thread has begun.",
                  [from] { return static_cast<double>(from.blocking.waiting()); });
    metrics.gauge("slipway_catalog_queue", "Changes that wait for the catalog.",
                  [from] { return static_cast<double>(from.records.queue_depth()); });
    metrics.gauge("slipway_outbox_events", "Events that some sink has not taken over yet.",
                  [from] { return static_cast<double>(from.records.catalog->events_waiting()); });
    for (const auto status : {core::TaskStatus::pending, core::TaskStatus::running,
                              core::TaskStatus::failed, core::TaskStatus::dead}) {
        metrics.gauge(
            "slipway_tasks", "Background tasks by status.",
            [from, status] {
                return static_cast<double>(from.background.workers().figures().count(status));
            },
            "status=\"" + std::string(core::to_string(status)) + "\"");
    }
    metrics.gauge("slipway_task_oldest_due_seconds",
                  "How long the task that waits the longest has been due.", [from] {
                      const auto due = from.background.workers().figures().oldest_due;
                      return due ? std::chrono::duration<double>(from.clock.wall() - *due).count()
                                 : 0.0;
                  });
}

}  // namespace slipway::daemon
