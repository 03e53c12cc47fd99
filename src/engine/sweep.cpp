#include "engine/sweep.hpp"

#include "base/seeded_bug.hpp"
#include "core/lifecycle.hpp"
#include "engine/end_upload.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kPageSize = 500;

void log_failure(std::string_view operation, const UploadId& id, const Error& error) {
    telemetry::log(
        telemetry::Level::error, "sweep_failed",
        {{"operation", operation}, {"upload_id", id.to_string()}, {"detail", error.detail}});
}

}  // namespace

Task<SweepResult> Sweep::run() {
    SweepResult result;
    result.expired = co_await expire_due();
    for (const auto state :
         {core::UploadState::complete, core::UploadState::aborted, core::UploadState::expired}) {
        result.forgotten += co_await forget_old(state);
    }
    co_return result;
}

Task<std::size_t> Sweep::expire_due() {
    EndUpload ender(world_);
    std::size_t expired = 0;
    std::size_t seen = 0;
    ports::PageRequest page{.after = std::nullopt, .limit = kPageSize};
    do {
        const auto open = co_await world_.catalog.list_uploads(core::UploadState::open, page);
        if (!open) {
            log_failure("list_open", UploadId(), open.error());
            co_return expired;
        }
        seen += open->items.size();
        for (const core::Upload& upload : open->items) {
            if (core::state_at(upload, world_.clock.wall()) != core::UploadState::expired) {
                continue;
            }
            const auto ended = co_await ender.expire(upload.id);
            if (!ended) {
                log_failure("expire", upload.id, ended.error());
                continue;
            }
            ++expired;
        }
        page.after = open->next;
    } while (page.after);
    world_.metrics.note_open_uploads(seen - expired);
    co_return expired;
}

Task<std::size_t> Sweep::forget_old(core::UploadState state) {
    std::size_t forgotten = 0;
    ports::PageRequest page{.after = std::nullopt, .limit = kPageSize};
    do {
        const auto ended = co_await world_.catalog.list_uploads(state, page);
        if (!ended) {
            log_failure("list_ended", UploadId(), ended.error());
            break;
        }
        const WallTime oldest_kept = world_.clock.wall() - world_.options.keep_ended;
        for (const core::Upload& upload : ended->items) {
            if (upload.ended_at > oldest_kept) {
                continue;
            }
            // Once the record is gone, nothing names the blob. It was removed when the upload
            // ended; that may have failed, or not have been durable when the process was killed.
            if (state != core::UploadState::complete &&
                !has_bug(SeededBug::forgotten_before_blob_removed)) {
                if (const auto removed = co_await world_.store.remove(upload.id); !removed) {
                    log_failure("remove_blob", upload.id, removed.error());
                    continue;
                }
            }
            const auto done = co_await world_.catalog.forget_upload(upload.id);
            if (!done) {
                log_failure("forget", upload.id, done.error());
                continue;
            }
            ++forgotten;
        }
        page.after = ended->next;
    } while (page.after);
    co_return forgotten;
}

}  // namespace slipway::engine
