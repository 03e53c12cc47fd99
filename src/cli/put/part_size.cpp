#include "cli/put/part_size.hpp"

#include <algorithm>

#include "core/part_plan.hpp"

namespace slipway::cli {

namespace {

constexpr std::uint64_t kMiB = 1 << 20;

std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) {
    return value / by + (value % by != 0);
}

}  // namespace

ByteRange PartLayout::range_of(std::uint32_t number) const {
    const auto offset = offset_of(number);
    return {ByteOffset(offset), ByteCount(std::min(chunk_size, size - offset))};
}

Outcome<PartLayout> lay_out(std::uint64_t file_size, std::uint64_t wanted_chunk_size) {
    if (wanted_chunk_size < core::kPartAlignment.value() ||
        wanted_chunk_size > core::kMaxPartSize.value() ||
        wanted_chunk_size % core::kPartAlignment.value() != 0) {
        return fail(ExitCode::usage, "a chunk is a multiple of 4 KiB, and at most 5 GiB");
    }
    // Whole MiB, so that the size of a part stays one that people recognise.
    const auto least = divide_up(divide_up(file_size, core::kMaxParts), kMiB) * kMiB;
    const auto needs_more = divide_up(file_size, wanted_chunk_size) > core::kMaxParts;
    const auto chunk_size = needs_more ? least : wanted_chunk_size;
    if (chunk_size > core::kMaxPartSize.value()) {
        return fail(ExitCode::failed, "the file is larger than 10,000 parts of 5 GiB");
    }
    return PartLayout{file_size, chunk_size,
                      static_cast<std::uint32_t>(divide_up(file_size, chunk_size))};
}

}  // namespace slipway::cli
