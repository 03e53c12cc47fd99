// World: what every use case works with. The daemon wires it; tests wire it with memory adapters.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/quota.hpp"
#include "engine/engine_metrics.hpp"
#include "engine/stores/stores.hpp"
#include "engine/temporary/blob_holds.hpp"
#include "engine/upload_sessions.hpp"
#include "ports/catalog.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"
#include "ports/shared_state.hpp"
#include "ports/task_queue.hpp"
#include "runtime/buffer_pool.hpp"
#include "telemetry/request_tag.hpp"

namespace slipway::engine {

// What becomes of parts all of whose copies lie in stores that are down.
enum class LostParts {
    resend,  // they count as missing until one of the stores is back
    wait,    // they count as there, and completing waits for the stores
};

struct EngineOptions {
    std::chrono::seconds default_expiry{std::chrono::hours(24)};
    std::chrono::seconds max_expiry{std::chrono::hours(24 * 30)};
    // How long an ended upload's answer is kept, to be replayed.
    std::chrono::seconds keep_ended{std::chrono::hours(24 * 7)};
    std::size_t max_parts_in_flight = 1024;
    // How long a deleted file's bytes, and those that no record names, stay in the trash. 0: a
    // deleted file's bytes go at once.
    std::chrono::seconds trash_keep{std::chrono::hours(24)};
    // How long a blob has to be without a record before it goes into the trash.
    std::chrono::milliseconds orphan_age{std::chrono::hours(1)};
    // Files above this are hashed by a task where a digest of the whole is declared; smaller ones
    // while Complete waits.
    ByteCount digest_inline = 64_MiB;
    // Copied between two checkpoints of an assembly, each of which is a sync.
    ByteCount assembly_checkpoint = 128_MiB;
    // How long Complete waits for such a task, before it answers that the upload is being verified,
    // or its parts brought into order.
    std::chrono::milliseconds complete_wait{5000};
    // Of every principal for whom no other was set.
    core::Quota quota;
    // Bytes that the scrubber reads in a second; 0: as many as it can.
    ByteCount scrub_rate = 32_MiB;
    // Somebody listens: changes of uploads and files are written down with their events.
    bool publish_events = false;
    // Of the parts that are stored, the share of which an event tells.
    double part_stored_sample = 0;
    // How long a file that came without an upload waits to be claimed.
    std::chrono::milliseconds temporary_ttl{std::chrono::hours(24)};
    // Bytes of the files of one form; at most what one part may have.
    ByteCount max_form_file = 5_GiB;
    // Stores into which each part is written before it is acknowledged, and each file made.
    std::size_t replicas = 1;
    LostParts lost_parts = LostParts::resend;
};

// Everything in it outlives every use case.
struct World {
    ports::Catalog& catalog;
    Stores& stores;
    ports::Clock& clock;
    ports::Random& random;
    runtime::BufferPool& buffers;
    UploadSessions& sessions;
    EngineMetrics& metrics;
    ports::TaskQueue& tasks;
    EngineOptions options;
    // Somebody enqueued a task that is due. Set where workers run.
    std::function<void()> wake_workers = [] {};
    // There may be events in the outbox. Set where a relay runs.
    std::function<void()> wake_relay = [] {};
    std::shared_ptr<BlobHolds> making = std::make_shared<BlobHolds>();
    // Keeps durably which store has taken over; empty: none. Set where there may be one.
    std::function<Task<Result<>>(std::string)> keep_active_store = {};
    // Nothing where no other process changes the same catalog. Where one does, what this one has
    // seen of an upload is never all.
    ports::SharedState* shared = nullptr;
    // Answers what the catalog answers, perhaps as it was some seconds ago, and spares it the
    // question. Nothing: the catalog is asked.
    ports::Catalog* recent = nullptr;
};

// For what is shown, and for what the catalog itself checks again before it is acknowledged.
inline ports::Catalog& recent_catalog(const World& world) {
    return world.recent != nullptr ? *world.recent : world.catalog;
}

// What travels with one request through the use cases.
struct RequestContext {
    telemetry::RequestTag request_id;
    std::string owner;
};

}  // namespace slipway::engine
