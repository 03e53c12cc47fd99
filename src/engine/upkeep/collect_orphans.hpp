// CollectOrphans: finds blobs that no record names, and puts them into the trash once they have
// been seen so for long enough: what is looked at may just be in the making. What happens to them
// there is EmptyTrash's matter. Drafts that nobody makes into a file are removed at once then: they
// are copies. A store that is away is left to a later pass.
#pragma once

#include <deque>

#include "engine/upkeep/recurring.hpp"
#include "engine/upkeep/store_orphans.hpp"

namespace slipway::engine {

class CollectOrphans final : public Pass {
 public:
    explicit CollectOrphans(World& world);
    std::string_view name() const override { return "collect_orphans"; }
    Task<Result<>> run(TaskContext& context) override;

 private:
    std::deque<StoreOrphans> stores_;
};

}  // namespace slipway::engine
