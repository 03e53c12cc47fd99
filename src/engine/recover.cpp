#include "engine/recover.hpp"

#include "base/seeded_bug.hpp"
#include "core/lifecycle.hpp"
#include "engine/complete_upload.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

Task<Result<RecoveryResult>> Recover::run() {
    RecoveryResult result;
    if (const auto resumed = has_bug(SeededBug::completion_not_resumed)
                                 ? Result<>()
                                 : co_await resume_completions(result);
        !resumed) {
        co_return std::unexpected(resumed.error());
    }
    for (ports::Store* store : world_.stores.all()) {
        const auto compared = co_await compare_blobs(*store, result);
        if (!compared && world_.stores.all().size() > 1 && is_away(compared.error().code)) {
            // Its blobs are compared by the sweep and the collection of orphans when it is back.
            telemetry::log(telemetry::Level::warn, "store_not_compared",
                           {{"store", store->name()}, {"detail", compared.error().detail}});
            continue;
        }
        if (!compared) {
            co_return std::unexpected(compared.error());
        }
    }
    co_return result;
}

Task<Result<>> Recover::resume_completions(RecoveryResult& result) {
    CompleteUpload completer(world_);
    ports::PageRequest page;
    do {
        auto completing = co_await world_.catalog.list_uploads(core::UploadState::completing, page);
        if (!completing) {
            co_return std::unexpected(completing.error());
        }
        for (core::Upload& upload : completing->items) {
            RequestContext context{.request_id = "recovery", .owner = upload.owner};
            const auto file = co_await completer.resume(std::move(context), std::move(upload));
            const bool assembles = !file && file.error().reason == Reason::assembling;
            ++(file ? result.completed : assembles ? result.assembling : result.failed);
        }
        page.after = completing->next;
    } while (page.after);
    co_return Result<>();
}

Task<Result<>> Recover::compare_blobs(ports::Store& store, RecoveryResult& result) {
    const auto blobs = co_await store.list_staged();
    if (!blobs) {
        co_return std::unexpected(blobs.error());
    }
    for (const ports::StagedBlob& blob : *blobs) {
        const auto upload = co_await world_.catalog.find_upload(blob.id);
        if (!upload && upload.error().code != Errc::not_found) {
            co_return std::unexpected(upload.error());
        }
        if (!upload) {
            ++result.unknown_blobs;
            telemetry::log(
                telemetry::Level::warn, "blob_without_record",
                {{"upload_id", blob.id.to_string()}, {"capacity", blob.capacity.value()}});
            continue;
        }
        if (upload->state != core::UploadState::aborted &&
            upload->state != core::UploadState::expired) {
            continue;
        }
        if (const auto removed = co_await store.remove(blob.id); !removed) {
            co_return std::unexpected(removed.error());
        }
        ++result.removed_blobs;
    }
    co_return Result<>();
}

}  // namespace slipway::engine
