// Quotas: what a principal may have at most, and what of it is in use. Pure arithmetic; who counts
// and where is the catalog's matter.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/upload.hpp"

namespace slipway::core {

// Nothing: unlimited.
struct Quota {
    std::optional<std::uint64_t> bytes;
    std::optional<std::uint64_t> files;
    std::optional<std::uint64_t> open_uploads;
    friend bool operator==(const Quota&, const Quota&) = default;
};

// An upload that has not ended counts as what it may become: a file of all its capacity. Where
// parts have free sizes that is unknown, and it counts as a file of the parts that are recorded.
struct Usage {
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::uint64_t open_uploads = 0;
    friend bool operator==(const Usage&, const Usage&) = default;
};

// Without its parts.
Usage usage_of(const Upload& upload);
Usage usage_of(const File& file);
// What a recorded part adds to its upload: nothing where the plan has reserved its room.
Usage usage_of(const PartPlan& plan, const Part& part);

Usage operator+(Usage a, Usage b);
// Nothing where more would be given back than is in use.
std::optional<Usage> without(Usage all, Usage part);

enum class QuotaKind : std::uint8_t { bytes, files, open_uploads };
std::string_view to_string(QuotaKind kind);

struct QuotaExcess {
    QuotaKind kind = QuotaKind::bytes;
    std::uint64_t limit = 0;
    std::uint64_t used = 0;
    friend bool operator==(const QuotaExcess&, const QuotaExcess&) = default;
};

// The first quota that would be exceeded if so much came to what is used. What adds nothing to a
// quota exceeds none, even where more is used than a quota that was lowered since.
std::optional<QuotaExcess> find_excess(const Quota& quota, Usage used, Usage added);

}  // namespace slipway::core
