// EngineMetrics: the counters of the use cases, registered once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

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
          direct_urls(registry.counter("slipway_direct_urls_total",
                                       "URLs of the store given out for parts.")),
          direct_uploads(registry.counter("slipway_direct_uploads_completed_total",
                                          "Uploads completed whose parts went to the store "
                                          "directly.")),
          parts_rejected_busy(registry.counter("slipway_parts_rejected_total",
                                               "Parts refused before their body was read.",
                                               "reason=\"busy\"")),
          temporary_files_stored(registry.counter("slipway_temporary_files_stored_total",
                                                  "Files that came without an upload.")),
          temporary_files_claimed(registry.counter("slipway_temporary_files_claimed_total",
                                                   "Temporary files that were claimed.")),
          temporary_files_expired(registry.counter("slipway_temporary_files_expired_total",
                                                   "Temporary files that nobody claimed.")),
          files_removed(registry.counter("slipway_files_removed_total", "Files deleted.")),
          files_damaged(
              registry.counter("slipway_files_damaged_total",
                               "Files found not to have their digests, and quarantined.")),
          scrubbed_bytes(
              registry.counter("slipway_scrubbed_bytes_total", "Bytes read by the scrubber.")),
          scrub_passes(registry.counter("slipway_scrub_passes_total",
                                        "Times that the scrubber has looked at every file.")),
          orphans_trashed(registry.counter("slipway_orphans_trashed_total",
                                           "Blobs without a record, put into the trash.")),
          assembled_bytes(registry.counter(
              "slipway_assembled_bytes_total",
              "Bytes copied to bring parts of free sizes into the order of their file.")),
          blobs_added(registry.counter("slipway_upload_blobs_added_total",
                                       "Other stores that uploads went on in, or also.")),
          parts_short_of_copies(
              registry.counter("slipway_parts_short_of_copies_total",
                               "Parts acknowledged in fewer stores than stores.replicas.")),
          parts_sent_again(registry.counter("slipway_parts_sent_again_total",
                                            "Parts stored again because their store was down.")),
          parts_gathered(registry.counter("slipway_parts_gathered_total",
                                          "Parts copied to where their file is made.")),
          blobs_purged(registry.counter("slipway_blobs_purged_total",
                                        "Blobs removed from the trash for good.")),
          files_copied(registry.counter("slipway_files_copied_total",
                                        "Copies of files made or found, and compared.")),
          copied_bytes(registry.counter("slipway_copied_bytes_total",
                                        "Bytes sent to make copies of files.")),
          copies_failed(registry.counter("slipway_copies_failed_total",
                                         "Attempts to copy a file that failed.")),
          reads_from_copies(registry.counter(
              "slipway_reads_from_copies_total",
              "Files opened in another store than their own, which could not be read.")) {
        registry.gauge("slipway_files_without_copy",
                       "Files that the last look at all found without a compared copy.",
                       [this] { return static_cast<double>(files_without_copy.load()); });
        registry.gauge("slipway_parts_in_flight", "Parts being received.",
                       [this] { return static_cast<double>(parts_in_flight.load()); });
        registry.gauge(
            "slipway_uploads_open",
            "Open uploads: counted by each sweep, and since then by what began and ended.",
            [this] { return static_cast<double>(open_before_.load() + opened_less_ended()); });
    }
    EngineMetrics(const EngineMetrics&) = delete;
    // So many uploads were found to be open; from now on what is created and ended counts.
    void note_open_uploads(std::size_t count) {
        open_before_.store(static_cast<std::int64_t>(count) - opened_less_ended());
    }
    EngineMetrics& operator=(const EngineMetrics&) = delete;

    telemetry::Counter& uploads_created;
    telemetry::Counter& uploads_completed;
    telemetry::Counter& uploads_aborted;
    telemetry::Counter& uploads_expired;
    telemetry::Counter& parts_stored;
    telemetry::Counter& parts_already_stored;
    telemetry::Counter& part_bytes_stored;
    telemetry::Counter& digest_failures;
    telemetry::Counter& direct_urls;
    telemetry::Counter& direct_uploads;
    telemetry::Counter& parts_rejected_busy;
    telemetry::Counter& temporary_files_stored;
    telemetry::Counter& temporary_files_claimed;
    telemetry::Counter& temporary_files_expired;
    telemetry::Counter& files_removed;
    telemetry::Counter& files_damaged;
    telemetry::Counter& scrubbed_bytes;
    telemetry::Counter& scrub_passes;
    telemetry::Counter& orphans_trashed;
    telemetry::Counter& assembled_bytes;
    telemetry::Counter& blobs_added;
    telemetry::Counter& parts_short_of_copies;
    telemetry::Counter& parts_sent_again;
    telemetry::Counter& parts_gathered;
    telemetry::Counter& blobs_purged;
    telemetry::Counter& files_copied;
    telemetry::Counter& copied_bytes;
    telemetry::Counter& copies_failed;
    telemetry::Counter& reads_from_copies;
    std::atomic<std::size_t> files_without_copy{0};
    std::atomic<std::size_t> parts_in_flight{0};
    // Parts whose bytes are being made durable: their records come next.
    std::atomic<std::size_t> parts_syncing{0};

 private:
    std::int64_t opened_less_ended() const {
        const auto ended =
            uploads_completed.value() + uploads_aborted.value() + uploads_expired.value();
        return static_cast<std::int64_t>(uploads_created.value()) -
               static_cast<std::int64_t>(ended);
    }

    std::atomic<std::int64_t> open_before_{0};
};

}  // namespace slipway::engine
