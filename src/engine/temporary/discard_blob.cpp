#include "engine/temporary/discard_blob.hpp"

#include "telemetry/log.hpp"

namespace slipway::engine {

Task<void> discard_blob(World& world, UploadId id) {
    const ports::TrashedBlob blob{
        .id = id, .was = ports::BlobState::published, .since = world.clock.wall()};
    const bool keep = world.options.trash_keep.count() != 0;
    const auto removed = keep ? co_await world.store.trash(blob) : co_await world.store.remove(id);
    if (!removed) {
        telemetry::log(telemetry::Level::error, "blob_left_behind",
                       {{"file_id", id.to_string()}, {"detail", removed.error().detail}});
    }
}

}  // namespace slipway::engine
