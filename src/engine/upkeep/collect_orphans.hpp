// CollectOrphans: finds blobs that no record names, and puts them into the trash once they have
// been seen so for long enough: what is looked at may just be in the making. What happens to them
// there is EmptyTrash's matter.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "engine/upkeep/recurring.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class CollectOrphans final : public Pass {
 public:
    explicit CollectOrphans(World& world) : world_(world) {}
    std::string_view name() const override { return "collect_orphans"; }
    Task<Result<>> run(TaskContext& context) override;

 private:
    using Suspect = std::pair<ports::BlobState, UploadId>;
    // More than this many are left for a later pass.
    static constexpr std::size_t kMostSuspects = 100'000;

    Task<Result<>> look_at_staged(TaskContext& context);
    Task<Result<>> look_at_published(TaskContext& context);
    Task<Result<>> look_at(Suspect suspect);
    bool waited_long_enough(const Suspect& suspect);
    Task<Result<>> put_into_trash(Suspect suspect);

    World& world_;
    // Since when each was seen without a record; of this process: after a start they wait anew.
    std::map<Suspect, SteadyTime> suspects_;
    std::set<Suspect> seen_in_this_pass_;
};

}  // namespace slipway::engine
