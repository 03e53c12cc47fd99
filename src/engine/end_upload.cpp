#include "engine/end_upload.hpp"

#include "core/lifecycle.hpp"
#include "engine/find_upload.hpp"
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
    if (upload->state == core::UploadState::complete ||
        upload->state == core::UploadState::completing) {
        co_return std::unexpected(not_open(upload->state));
    }
    if (upload->state == core::UploadState::open) {
        const auto ended =
            co_await world_.catalog.advance_upload(upload->epoch, core::abort(*upload, now));
        if (!ended) {
            co_return refuse(ended.error(), "abort_upload", context.request_id);
        }
        world_.sessions.ended(id);
        world_.metrics.uploads_aborted.add();
        telemetry::log(telemetry::Level::info, "upload_aborted",
                       {{"upload_id", id.to_string()}, {"request_id", context.request_id}});
    }
    const auto removed = co_await world_.store.remove(id);
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
    const auto ended =
        co_await world_.catalog.advance_upload(upload->epoch, core::expire(*upload, now));
    if (!ended) {
        co_return std::unexpected(ended.error());
    }
    world_.sessions.ended(id);
    world_.metrics.uploads_expired.add();
    telemetry::log(telemetry::Level::info, "upload_expired", {{"upload_id", id.to_string()}});
    co_return co_await world_.store.remove(id);
}

}  // namespace slipway::engine
