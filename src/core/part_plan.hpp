// Where the parts of an upload lie, and how long each is.
#pragma once

#include <cstdint>
#include <expected>
#include <string_view>
#include <vector>

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
    count_of_free_parts,
    size_of_free_parts,
};
// The member of the request that is at fault, and why: for an answer to a client.
struct PlanFault {
    std::string_view member;
    std::string_view reason;
};
PlanFault describe(PlanError error);

// Checks what a client proposes: the limits above, and ceil(file_size / part_size) parts where the
// size is known (0 or 1 for an empty file). Nothing is larger than 2^53 bytes, which JSON numbers
// carry exactly. Free sizes are neither counted nor summed up beforehand.
std::expected<PartPlan, PlanError> make_plan(PartPlan proposed);

// What the length of a part must be: from least to most bytes. They differ only for the last part
// of an upload whose size is unknown, and where sizes are free.
struct PartLength {
    ByteCount least;
    ByteCount most;
    bool admits(ByteCount length) const { return least <= length && length <= most; }
    friend bool operator==(const PartLength&, const PartLength&) = default;
};

// Of free sizes, before their count is known: every number that a part can have.
bool has_part(const PartPlan& plan, PartNumber number);
// The part exists in the plan, whose sizes are fixed.
ByteOffset offset_of(const PartPlan& plan, PartNumber number);
PartLength length_of(const PartPlan& plan, PartNumber number);

// Room that the parts need: the file's size, or as much as it can be; none yet where sizes are
// free.
ByteCount capacity_of(const PartPlan& plan);

// Drops the parts that a finished plan does not have: one of a free size can have been recorded
// while Complete decided without it.
std::vector<Part> parts_of(const PartPlan& plan, std::vector<Part> recorded);

}  // namespace slipway::core
