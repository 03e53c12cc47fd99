#include "engine/end_upload.hpp"

#include <utility>

#include "base/seeded_bug.hpp"
#include "core/lifecycle.hpp"
#include "engine/events/upload_events.hpp"
#include "engine/find_upload.hpp"
#include "engine/stores/remove_blobs.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

Task<Outcome<>> EndUpload::abort(RequestContext context, UploadId id) {
    FindUpload finder(world_);
    if (auto visible = co_await finder.find(context, id); !visible) {
        co_return std::unexpected(visible.error());
    }
    const Turn turn = co_await world_.sessions.take_ending(id);
    const auto upload = co_await finder.find(context, id);
    if (!upload) {
        co_return std::unexpected(upload.error());
    }
    const WallTime now = world_.clock.wall();
    const bool unfinished = upload->state == core::UploadState::open || core::is_given_up(*upload);
    const bool ended =
        upload->state == core::UploadState::aborted || upload->state == core::UploadState::expired;
    if (!unfinished && !ended) {
        co_return std::unexpected(not_open(upload->state));
    }
    if (has_bug(SeededBug::ended_blob_removed_first)) {
        static_cast<void>(co_await remove_blobs(world_, *upload));
    }
    if (unfinished) {
        if (const auto noted = co_await end(*upload, now, context.request_id); !noted) {
            co_return refuse_change(noted.error(), "abort_upload", context.request_id);
        }
    }
    const auto removed = co_await remove_blobs(world_, *upload);
    if (!removed && world_.stores.all().size() > 1 && is_away(removed.error().code)) {
        // The sweep asks again for as long as the upload is on record.
        telemetry::log(telemetry::Level::warn, "blob_left_behind",
                       {{"upload_id", id.to_string()}, {"detail", removed.error().detail}});
        co_return Outcome<>();
    }
    if (!removed) {
        co_return refuse(removed.error(), "remove_blob", context.request_id);
    }
    co_return Outcome<>();
}

Task<Result<>> EndUpload::expire(UploadId id) {
    const Turn turn = co_await world_.sessions.take_ending(id);
    const auto upload = co_await world_.catalog.find_upload(id);
    if (!upload) {
        co_return std::unexpected(upload.error());
    }
    const WallTime now = world_.clock.wall();
    const bool due = upload->state == core::UploadState::open &&
                     core::state_at(*upload, now) == core::UploadState::expired;
    if (!due) {
        co_return Result<>();
    }
    if (const auto ended = co_await end(*upload, now, "sweep"); !ended) {
        co_return std::unexpected(ended.error());
    }
    co_return co_await remove_blobs(world_, *upload);
}

// What was told to have expired does not become aborted because the sweeper has not come by yet.
Task<Result<>> EndUpload::end(core::Upload upload, WallTime now, telemetry::RequestTag request_id) {
    const bool late = core::state_at(upload, now) == core::UploadState::expired;
    core::Upload next = late ? core::expire(upload, now) : core::abort(upload, now);
    auto event =
        late ? event_of(world_, core::EventKind::upload_expired, next, request_id.trace)
             : event_of(world_, core::EventKind::upload_failed, next, request_id.trace, "aborted");
    const auto ended =
        co_await world_.catalog.advance_upload(upload.epoch, std::move(next), std::move(event));
    if (!ended) {
        co_return std::unexpected(ended.error());
    }
    world_.wake_relay();
    world_.sessions.ended(upload.id);
    (late ? world_.metrics.uploads_expired : world_.metrics.uploads_aborted).add();
    telemetry::log(telemetry::Level::info, late ? "upload_expired" : "upload_aborted",
                   {{"upload_id", upload.id.to_string()}, {"request_id", request_id}});
    co_return Result<>();
}

}  // namespace slipway::engine
