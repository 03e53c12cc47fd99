// What the clients of a simulation send: plans of small parts, their bytes in two versions, and the
// digests of these. Parts end where sectors do, as parts of real uploads end where pages do.
#pragma once

#include <cstdint>
#include <string>

#include "base/digest.hpp"
#include "core/upload.hpp"
#include "sim/script.hpp"

namespace slipway::sim {

inline constexpr std::uint8_t kMostUploads = 4;
inline constexpr std::uint8_t kMostParts = 3;
// Which bytes a part was sent with.
using Version = std::uint8_t;
inline constexpr Version kRight = 0;
inline constexpr Version kOther = 1;

struct PartContent {
    std::string bytes;
    Sha256 sha256;
};

core::PartPlan plan_of(Shape shape);
// Also of free sizes, whose plan does not say.
std::uint8_t part_count_of(Shape shape);
// The part is in the plan of the shape. `upload` is below kMostUploads.
const PartContent& part_content(std::uint8_t upload, Shape shape, std::uint8_t part,
                                Version version);
// The right bytes of all parts, and their digest.
const PartContent& whole_content(std::uint8_t upload, Shape shape);

}  // namespace slipway::sim
