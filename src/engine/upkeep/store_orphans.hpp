// StoreOrphans: the blobs of one store that no record names, put into the trash once they have been
// seen so for long enough.
#pragma once

#include <utility>

#include "engine/task_handler.hpp"
#include "engine/upkeep/suspects.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class StoreOrphans {
 public:
    StoreOrphans(World& world, ports::Store& store) : world_(world), store_(store) {}

    const ports::Store& store() const { return store_; }
    // One look at everything that the store has. Returns early when the context says that it must.
    Task<Result<>> collect(TaskContext& context);

 private:
    using Suspect = std::pair<ports::BlobState, UploadId>;
    Task<Result<>> look_at_staged(TaskContext& context);
    Task<Result<>> look_at_published(TaskContext& context);
    Task<Result<>> look_at_drafts(TaskContext& context);
    Task<Result<>> look_at(Suspect suspect);
    Task<Result<>> look_at(ports::DraftName draft);
    Task<Result<>> put_into_trash(Suspect suspect);

    World& world_;
    ports::Store& store_;
    Suspects<Suspect> suspects_;
    Suspects<ports::DraftName> drafts_;
};

}  // namespace slipway::engine
