// Ranges of part numbers: how a long list of received or missing parts is told in few words.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/units.hpp"
#include "core/upload.hpp"

namespace slipway::core {

// Both ends belong to it.
struct PartRange {
    PartNumber first;
    PartNumber last;
    friend bool operator==(const PartRange&, const PartRange&) = default;
};

// The parts are in rising order of their numbers.
std::vector<PartRange> received_ranges(std::span<const Part> parts);
// What received_ranges leaves of 1 … total_parts.
std::vector<PartRange> missing_ranges(std::span<const PartRange> received,
                                      std::uint32_t total_parts);

}  // namespace slipway::core
