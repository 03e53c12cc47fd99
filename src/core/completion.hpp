// Whether an upload can be completed: every part present, of its length, and equal to what the
// client states.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/digest.hpp"
#include "base/units.hpp"
#include "core/upload.hpp"

namespace slipway::core {

// What a client states of one part in its Complete.
struct StatedPart {
    PartNumber number;
    std::optional<Sha256> sha256;
    std::optional<Md5> md5;
};

enum class PartFault {
    missing,     // not stored
    mismatch,    // stored with other bytes than stated
    wrong_size,  // stored, but its length does not fit the plan
    unlisted,    // the client's list leaves it out
};
std::string_view to_string(PartFault fault);

struct PartMismatch {
    PartNumber number;
    PartFault fault = PartFault::missing;
    std::optional<StatedPart> stated;
    std::optional<Part> stored;
};

// Why a Complete cannot be decided at all.
enum class CompletionError {
    unknown_part,       // the list names a part that the plan does not have
    duplicate_part,     // the list names a part twice
    md5_not_available,  // an MD5 is stated of a part for which the server has none
    count_not_stated,   // nobody has said how many parts of free sizes there are
    count_differs,      // what is said of the number of parts does not agree
};

struct Completable {
    ByteCount size;
};

using CompletionRefusal = std::variant<CompletionError, std::vector<PartMismatch>>;

// The plan with the number of its parts, which of free sizes only Complete can say: by its list, or
// by a number.
std::expected<PartPlan, CompletionError> counted_plan(
    PartPlan plan, const std::optional<std::vector<StatedPart>>& stated,
    std::optional<std::uint32_t> total_parts);

// The plan is counted. `parts` are in rising order of their numbers. Without a list, every part of
// the plan must be present.
std::expected<Completable, CompletionRefusal> decide_completion(
    const PartPlan& plan, std::span<const Part> parts,
    const std::optional<std::vector<StatedPart>>& stated);

}  // namespace slipway::core
