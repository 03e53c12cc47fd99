#include "engine/stores/reach.hpp"

#include <algorithm>

namespace slipway::engine {

bool reaches(const World& world, const core::Upload& upload, const core::PartCopy& copy) {
    return world.stores.reaches(upload.blobs[copy.blob]);
}

bool is_lost(const World& world, const core::Upload& upload, const core::Part& part) {
    return world.stores.are_several() && world.options.lost_parts == LostParts::resend &&
           upload.plan.sizes == core::PartSizes::fixed &&
           std::ranges::none_of(part.copies, [&](const core::PartCopy& copy) {
               return reaches(world, upload, copy);
           });
}

void drop_lost(const World& world, const core::Upload& upload, std::vector<core::Part>& parts) {
    std::erase_if(parts, [&](const core::Part& part) { return is_lost(world, upload, part); });
}

}  // namespace slipway::engine
