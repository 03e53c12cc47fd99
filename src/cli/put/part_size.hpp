// How large the parts of a file are, and where they lie.
#pragma once

#include <cstdint>

#include "base/units.hpp"
#include "cli/outcome.hpp"

namespace slipway::cli {

struct PartLayout {
    std::uint64_t size = 0;        // of the file
    std::uint64_t chunk_size = 0;  // of every part but the last
    std::uint32_t total_parts = 0;

    std::uint64_t offset_of(std::uint32_t number) const { return (number - 1) * chunk_size; }
    // The number is one of 1 … total_parts.
    ByteRange range_of(std::uint32_t number) const;
};

// The layout with parts of the wanted size, or of larger ones where there would be more than the
// protocol's 10,000. Fails with `usage` for a wanted size that the protocol does not allow,
// `failed` for a file beyond its limits.
Outcome<PartLayout> lay_out(std::uint64_t file_size, std::uint64_t wanted_chunk_size);

}  // namespace slipway::cli
