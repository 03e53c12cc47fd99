#include "core/extent_map.hpp"

#include <algorithm>

#include "core/part_plan.hpp"

namespace slipway::core {

ExtentMap::ExtentMap(const PartPlan& plan, std::span<const Part> parts) {
    for (const Part& part : parts) {
        const ByteOffset from = part.extent ? *part.extent : offset_of(plan, part.number);
        const bool touches = !runs_.empty() && runs_.back().from + runs_.back().length == from;
        if (touches) {
            runs_.back().length += part.size;
        } else if (part.size > 0_B) {
            runs_.push_back({from, ByteOffset(size_.value()), part.size});
        }
        size_ += part.size;
    }
}

bool ExtentMap::is_in_order() const {
    return runs_.empty() || (runs_.size() == 1 && runs_.front().from == ByteOffset(0));
}

Run ExtentMap::run_at(ByteOffset at, ByteCount most) const {
    // The last run that begins at or before the place.
    const Run& run = *std::prev(std::ranges::upper_bound(runs_, at, {}, &Run::to));
    const ByteCount skipped(at.value() - run.to.value());
    return {run.from + skipped, at, std::min(most, run.length - skipped)};
}

ByteOffset align_up(ByteOffset offset) {
    const std::uint64_t unit = kPartAlignment.value();
    return ByteOffset((offset.value() + unit - 1) / unit * unit);
}

ByteOffset end_of_extents(std::span<const Part> parts) {
    ByteOffset end;
    for (const Part& part : parts) {
        if (part.extent) {
            end = std::max(end, *part.extent + part.size);
        }
    }
    return align_up(end);
}

}  // namespace slipway::core
