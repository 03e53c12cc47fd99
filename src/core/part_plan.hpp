// Where the parts of an upload lie, and how long each is.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

#include "base/units.hpp"
#include "core/upload.hpp"

namespace slipway::core {

inline constexpr std::uint32_t kMaxParts = 10'000;
inline constexpr ByteCount kMinPartSize = 1_KiB;
inline constexpr ByteCount kMaxPartSize = 5_GiB;
// Parts start at multiples of the page size, so that no two of them share a page of the blob.
inline constexpr ByteCount kPartAlignment = 4_KiB;

enum class PlanError {
    too_many_parts,
    part_size_out_of_range,
    part_size_not_aligned,
    part_count_mismatch,
    too_large,
};
// The member of the request that is at fault, and why: for an answer to a client.
struct PlanFault {
    std::string_view member;
    std::string_view reason;
};
PlanFault describe(PlanError error);

// Checks what a client proposes: the limits above, and ceil(file_size / part_size) parts where the
// size is known (0 or 1 for an empty file). Nothing is larger than 2^53 bytes, which JSON numbers
// carry exactly.
std::expected<PartPlan, PlanError> make_plan(PartPlan proposed);

// What the length of a part must be: from least to most bytes. They differ only for the last part
// of an upload whose size is unknown.
struct PartLength {
    ByteCount least;
    ByteCount most;
    bool admits(ByteCount length) const { return least <= length && length <= most; }
    friend bool operator==(const PartLength&, const PartLength&) = default;
};

bool has_part(const PartPlan& plan, PartNumber number);
// The part exists in the plan.
ByteOffset offset_of(const PartPlan& plan, PartNumber number);
PartLength length_of(const PartPlan& plan, PartNumber number);

// Room that the parts need: the file's size, or as much as it can be.
ByteCount capacity_of(const PartPlan& plan);

}  // namespace slipway::core
