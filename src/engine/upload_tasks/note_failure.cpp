#include "engine/upload_tasks/note_failure.hpp"

#include <utility>

#include "core/lifecycle.hpp"
#include "engine/events/upload_events.hpp"

namespace slipway::engine {

Task<Result<>> note_failure(World& world, UploadId id, core::UploadState in, std::string reason) {
    const Turn turn = co_await world.sessions.take_ending(id);
    const auto upload = co_await world.catalog.find_upload(id);
    if (!upload && upload.error().code != Errc::not_found) {
        co_return std::unexpected(upload.error());
    }
    const bool elsewhere = !upload || core::state_at(*upload, world.clock.wall()) != in;
    if (elsewhere || upload->failure == reason) {
        co_return Result<>();
    }
    core::Upload next = core::note_failure(*upload, reason);
    auto event = event_of(world, core::EventKind::upload_failed, next, {}, std::move(reason));
    auto noted =
        co_await world.catalog.advance_upload(upload->epoch, std::move(next), std::move(event));
    world.wake_relay();
    co_return noted;
}

}  // namespace slipway::engine
