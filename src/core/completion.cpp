#include "core/completion.hpp"

#include <map>

#include "core/part_plan.hpp"

namespace slipway::core {

std::string_view to_string(PartFault fault) {
    switch (fault) {
        case PartFault::missing:
            return "missing";
        case PartFault::mismatch:
            return "mismatch";
        case PartFault::wrong_size:
            return "wrong_size";
        case PartFault::unlisted:
            return "unlisted";
    }
    return "missing";
}

namespace {

using StatedByNumber = std::map<PartNumber, StatedPart>;

std::expected<StatedByNumber, CompletionError> index_stated(const PartPlan& plan,
                                                            const std::vector<StatedPart>& stated) {
    StatedByNumber by_number;
    for (const StatedPart& part : stated) {
        if (part.number.value() < 1 || part.number.value() > plan.total_parts) {
            return std::unexpected(CompletionError::unknown_part);
        }
        if (!by_number.emplace(part.number, part).second) {
            return std::unexpected(CompletionError::duplicate_part);
        }
    }
    return by_number;
}

bool agrees(const StatedPart& stated, const Part& stored) {
    const bool same_sha256 = !stated.sha256 || *stated.sha256 == stored.digests.sha256;
    const bool same_md5 = !stated.md5 || stated.md5 == stored.digests.md5;
    return same_sha256 && same_md5;
}

}  // namespace

std::expected<PartPlan, CompletionError> counted_plan(
    PartPlan plan, const std::optional<std::vector<StatedPart>>& stated,
    std::optional<std::uint32_t> total_parts) {
    if (plan.sizes == PartSizes::fixed) {
        const bool agrees = !total_parts || *total_parts == plan.total_parts;
        return agrees ? std::expected<PartPlan, CompletionError>(plan)
                      : std::unexpected(CompletionError::count_differs);
    }
    if (!stated && !total_parts) {
        return std::unexpected(CompletionError::count_not_stated);
    }
    plan.total_parts = total_parts ? *total_parts : static_cast<std::uint32_t>(stated->size());
    if (stated && stated->size() != plan.total_parts) {
        return std::unexpected(CompletionError::count_differs);
    }
    return plan;
}

std::expected<Completable, CompletionRefusal> decide_completion(
    const PartPlan& plan, std::span<const Part> parts,
    const std::optional<std::vector<StatedPart>>& stated) {
    const auto by_number = index_stated(plan, stated.value_or(std::vector<StatedPart>{}));
    if (!by_number) {
        return std::unexpected(by_number.error());
    }
    std::vector<PartMismatch> mismatches;
    ByteCount size;
    auto next = parts.begin();
    for (std::uint32_t n = 1; n <= plan.total_parts; ++n) {
        const PartNumber number(n);
        const auto listed = by_number->find(number);
        const bool is_listed = listed != by_number->end();
        PartMismatch found{.number = number, .fault = {}, .stated = {}, .stored = {}};
        if (is_listed) {
            found.stated = listed->second;
        }
        const auto report = [&](PartFault fault) {
            found.fault = fault;
            mismatches.push_back(found);
        };
        if (next == parts.end() || next->number != number) {
            report(PartFault::missing);
            continue;
        }
        const Part& stored = *next++;
        found.stored = stored;
        size += stored.size;
        if (is_listed && listed->second.md5 && !stored.digests.md5) {
            return std::unexpected(CompletionError::md5_not_available);
        }
        if (stated && !is_listed) {
            report(PartFault::unlisted);
        } else if (is_listed && !agrees(listed->second, stored)) {
            report(PartFault::mismatch);
        } else if (!length_of(plan, number).admits(stored.size)) {
            report(PartFault::wrong_size);
        }
    }
    // Parts of free sizes that are stored and that Complete does not count.
    for (; next != parts.end(); ++next) {
        mismatches.push_back({.number = next->number,
                              .fault = PartFault::unlisted,
                              .stated = std::nullopt,
                              .stored = *next});
    }
    if (!mismatches.empty()) {
        return std::unexpected(std::move(mismatches));
    }
    return Completable{size};
}

}  // namespace slipway::core
