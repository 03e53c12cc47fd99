#include "engine/upkeep/empty_trash.hpp"

#include "engine/upkeep/records.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

void log_blob(telemetry::Level level, std::string_view event, const ports::TrashedBlob& blob,
              std::string_view detail = {}) {
    telemetry::log(level, event, {{"upload_id", blob.id.to_string()}, {"detail", detail}});
}

}  // namespace

Task<Result<>> EmptyTrash::run(TaskContext& context) {
    Result<> all;
    for (ports::Store* store : world_.stores.all()) {
        auto emptied = co_await empty(*store, context);
        if (!emptied && all) {
            all = failure(emptied.error().code,
                          "store " + std::string(store->name()) + ": " + emptied.error().detail);
        }
    }
    co_return all;
}

Task<Result<>> EmptyTrash::empty(ports::Store& store, TaskContext& context) {
    const auto trashed = co_await store.list_trash();
    if (!trashed) {
        co_return std::unexpected(trashed.error());
    }
    for (const ports::TrashedBlob& blob : *trashed) {
        if (context.must_stop()) {
            break;
        }
        if (world_.clock.wall() - blob.since < world_.options.trash_keep) {
            continue;
        }
        if (const auto settled = co_await settle(store, blob); !settled) {
            log_blob(telemetry::Level::error, "trash_failed", blob, settled.error().detail);
        }
    }
    co_return Result<>();
}

Task<Result<>> EmptyTrash::settle(ports::Store& store, ports::TrashedBlob blob) {
    const auto claim = co_await claim_on(world_, store.name(), blob.id, blob.was);
    if (!claim) {
        co_return std::unexpected(claim.error());
    }
    if (*claim != BlobClaim::wanted) {
        const auto purged = co_await store.purge(blob);
        if (purged) {
            world_.metrics.blobs_purged.add();
            log_blob(telemetry::Level::info, "blob_purged", blob);
        }
        co_return purged;
    }
    const auto restored = co_await store.restore(blob);
    if (restored) {
        log_blob(telemetry::Level::error, "trashed_blob_was_wanted", blob, "it was put back");
    }
    co_return restored;
}

}  // namespace slipway::engine
