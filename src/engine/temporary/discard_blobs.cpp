#include "engine/temporary/discard_blobs.hpp"

#include <string>
#include <vector>

#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

Task<void> discard(World& world, UploadId id, std::string storage_node) {
    const ports::TrashedBlob blob{
        .id = id, .was = ports::BlobState::published, .since = world.clock.wall()};
    const bool keep = world.options.trash_keep.count() != 0;
    ports::Store& store = world.stores.at(storage_node);
    const auto removed = keep ? co_await store.trash(blob) : co_await store.remove(id);
    if (!removed) {
        telemetry::log(telemetry::Level::error, "blob_left_behind",
                       {{"file_id", id.to_string()},
                        {"store", storage_node},
                        {"detail", removed.error().detail}});
    }
}

}  // namespace

Task<void> discard_blobs(World& world, core::File file) {
    co_await discard(world, file.id, file.storage_node);
    for (const core::FileCopy& copy : file.copies) {
        co_await discard(world, file.id, copy.storage_node);
    }
}

}  // namespace slipway::engine
