#include "engine/sweep.hpp"

#include <utility>

#include "base/seeded_bug.hpp"
#include "core/lifecycle.hpp"
#include "engine/end_upload.hpp"
#include "engine/events/upload_events.hpp"
#include "engine/stores/remove_blobs.hpp"
#include "engine/temporary/discard_blobs.hpp"
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
    result.files = co_await expire_files();
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
                if (const auto removed = co_await remove_blobs(world_, upload); !removed) {
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

Task<std::size_t> Sweep::expire_files() {
    std::size_t expired = 0;
    for (bool more = true; more;) {
        const WallTime now = world_.clock.wall();
        const auto due = co_await world_.catalog.list_expired_files(now, kPageSize);
        if (!due) {
            log_failure("list_expired_files", UploadId(), due.error());
            break;
        }
        std::size_t gone = 0;
        for (const UploadId id : *due) {
            gone += co_await expire_file(id, now) ? 1U : 0U;
        }
        expired += gone;
        more = due->size() == kPageSize && gone > 0;
    }
    co_return expired;
}

Task<bool> Sweep::expire_file(UploadId id, WallTime now) {
    const auto file = co_await world_.catalog.find_file(id);
    if (!file) {
        log_failure("find_expired_file", id, file.error());
        co_return false;
    }
    auto event = deletion_event(world_, *file, {}, "expired");
    const auto removed = co_await world_.catalog.remove_expired_file(id, now, std::move(event));
    if (!removed) {
        // Claimed or deleted meanwhile, or a failure; the next pass tells.
        log_failure("remove_expired_file", id, removed.error());
        co_return false;
    }
    world_.wake_relay();
    co_await discard_blobs(world_, *file);
    world_.metrics.temporary_files_expired.add();
    telemetry::log(telemetry::Level::info, "temporary_file_expired", {{"file_id", id.to_string()}});
    co_return true;
}

}  // namespace slipway::engine
