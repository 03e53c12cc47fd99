// EngineMetrics: the counters of the use cases, registered once.
#pragma once

#include <atomic>
#include <cstddef>

#include "telemetry/metrics.hpp"

namespace slipway::engine {

struct EngineMetrics {
    explicit EngineMetrics(telemetry::Metrics& registry)
        : uploads_created(registry.counter("slipway_uploads_created_total", "Uploads created.")),
          uploads_completed(registry.counter("slipway_uploads_ended_total",
                                             "Uploads that reached a final state.",
                                             "state=\"complete\"")),
          uploads_aborted(registry.counter("slipway_uploads_ended_total",
                                           "Uploads that reached a final state.",
                                           "state=\"aborted\"")),
          uploads_expired(registry.counter("slipway_uploads_ended_total",
                                           "Uploads that reached a final state.",
                                           "state=\"expired\"")),
          parts_stored(
              registry.counter("slipway_parts_stored_total", "Parts acknowledged as stored.")),
          parts_already_stored(
              registry.counter("slipway_parts_already_stored_total",
                               "Parts received again after their acknowledgement.")),
          part_bytes_stored(registry.counter("slipway_part_bytes_stored_total",
                                             "Bytes of the parts acknowledged.")),
          digest_failures(
              registry.counter("slipway_digest_failures_total",
                               "Parts and files whose bytes did not have the stated digest.")),
          parts_rejected_busy(registry.counter("slipway_parts_rejected_total",
                                               "Parts refused before their body was read.",
                                               "reason=\"busy\"")),
          files_removed(registry.counter("slipway_files_removed_total", "Files deleted.")) {
        registry.gauge("slipway_parts_in_flight", "Parts being received.",
                       [this] { return static_cast<double>(parts_in_flight.load()); });
    }
    EngineMetrics(const EngineMetrics&) = delete;
    EngineMetrics& operator=(const EngineMetrics&) = delete;

    telemetry::Counter& uploads_created;
    telemetry::Counter& uploads_completed;
    telemetry::Counter& uploads_aborted;
    telemetry::Counter& uploads_expired;
    telemetry::Counter& parts_stored;
    telemetry::Counter& parts_already_stored;
    telemetry::Counter& part_bytes_stored;
    telemetry::Counter& digest_failures;
    telemetry::Counter& parts_rejected_busy;
    telemetry::Counter& files_removed;
    std::atomic<std::size_t> parts_in_flight{0};
};

}  // namespace slipway::engine
