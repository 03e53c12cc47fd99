#include "core/part_ranges.hpp"

namespace slipway::core {

std::vector<PartRange> received_ranges(std::span<const Part> parts) {
    std::vector<PartRange> ranges;
    for (const Part& part : parts) {
        if (!ranges.empty() && ranges.back().last.value() + 1 == part.number.value()) {
            ranges.back().last = part.number;
        } else {
            ranges.push_back({part.number, part.number});
        }
    }
    return ranges;
}

std::vector<PartRange> missing_ranges(std::span<const PartRange> received,
                                      std::uint32_t total_parts) {
    std::vector<PartRange> missing;
    std::uint32_t next = 1;
    for (const PartRange& range : received) {
        if (next < range.first.value()) {
            missing.push_back({PartNumber(next), PartNumber(range.first.value() - 1)});
        }
        next = range.last.value() + 1;
    }
    if (next <= total_parts) {
        missing.push_back({PartNumber(next), PartNumber(total_parts)});
    }
    return missing;
}

}  // namespace slipway::core
