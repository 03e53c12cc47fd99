#include "engine/stores/remove_blobs.hpp"

namespace slipway::engine {

Task<Result<>> remove_blobs(World& world, core::Upload upload) {
    Result<> all;
    for (const core::StagedCopy& blob : upload.blobs) {
        auto removed = co_await world.stores.at(blob.storage_node).remove(upload.id);
        if (!removed && all) {
            all = std::move(removed);
        }
    }
    co_return all;
}

}  // namespace slipway::engine
