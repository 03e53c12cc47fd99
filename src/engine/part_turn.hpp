// PartTurn: the right, among several servers, to have a store keep a part. A store that takes parts
// by their numbers keeps what came last, so two servers must not write one part at a time: an
// acknowledged part would be overwritten by one that is refused.
#pragma once

#include <optional>

#include "engine/outcome.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class PartTurn {
 public:
    // How long after a server's death nobody else writes what it was writing.
    static constexpr std::chrono::milliseconds kLength{30'000};
    // Parts of uploads in smaller ones are kept under names that no other attempt has.
    static constexpr ByteCount kLeast = 5_MiB;

    PartTurn(World& world, UploadId upload, PartNumber number)
        : world_(world), upload_(upload), number_(number) {}

    // Whether it is needed at all. The last part may be small, and is kept as the others are.
    bool is_needed(const core::PartPlan& plan) const {
        return world_.shared != nullptr && plan.sizes == core::PartSizes::fixed &&
               plan.part_size >= kLeast;
    }
    // busy: another server writes the part now.
    Task<Outcome<>> take(RequestContext context);
    // Whether nobody else can have it by now.
    bool holds() const;
    // What was not recorded may be sent again at once, to whatever server.
    Task<void> let_go();

 private:
    ports::PartClaim claim() const;

    World& world_;
    const UploadId upload_;
    const PartNumber number_;
    std::optional<SteadyTime> taken_at_;
};

}  // namespace slipway::engine
