// CollectOrphans: finds blobs that no record names, and puts them into the trash once they have
// been seen so for long enough: what is looked at may just be in the making. What happens to them
// there is EmptyTrash's matter. Drafts that nobody makes into a file are removed at once then: they
// are copies.
#pragma once

#include <utility>

#include "engine/upkeep/recurring.hpp"
#include "engine/upkeep/suspects.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class CollectOrphans final : public Pass {
 public:
    explicit CollectOrphans(World& world) : world_(world) {}
    std::string_view name() const override { return "collect_orphans"; }
    Task<Result<>> run(TaskContext& context) override;

 private:
    using Suspect = std::pair<ports::BlobState, UploadId>;
    Task<Result<>> look_at_staged(TaskContext& context);
    Task<Result<>> look_at_published(TaskContext& context);
    Task<Result<>> look_at_drafts(TaskContext& context);
    Task<Result<>> look_at(Suspect suspect);
    Task<Result<>> look_at(ports::DraftName draft);
    Task<Result<>> put_into_trash(Suspect suspect);

    World& world_;
    Suspects<Suspect> suspects_;
    Suspects<ports::DraftName> drafts_;
};

}  // namespace slipway::engine
