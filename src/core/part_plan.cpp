#include "core/part_plan.hpp"

#include <algorithm>

namespace slipway::core {

namespace {

constexpr std::uint64_t kLargestExactJsonNumber = std::uint64_t{1} << 53U;

bool count_fits_size(const PartPlan& plan) {
    if (!plan.file_size) {
        return true;
    }
    const std::uint64_t size = plan.file_size->value();
    const std::uint64_t part = plan.part_size.value();
    const std::uint64_t needed = size / part + (size % part == 0 ? 0 : 1);
    return plan.total_parts == needed || (size == 0 && plan.total_parts == 1);
}

}  // namespace

PlanFault describe(PlanError error) {
    switch (error) {
        case PlanError::too_many_parts:
            return {"total_parts", "must be at most 10000"};
        case PlanError::part_size_out_of_range:
            return {"chunk_size", "must be from 1024 to 5368709120"};
        case PlanError::part_size_not_aligned:
            return {"chunk_size", "must be a multiple of 4096 where there is more than one part"};
        case PlanError::part_count_mismatch:
            return {"total_parts", "must be file_size divided by chunk_size, rounded up"};
        case PlanError::too_large:
            return {"file_size", "must be at most 9007199254740992"};
        case PlanError::count_of_free_parts:
            return {"total_parts", "is told by Complete where part_sizes is free"};
        case PlanError::size_of_free_parts:
            return {"file_size", "is not known where part_sizes is free"};
    }
    return {"", ""};
}

namespace {

std::expected<PartPlan, PlanError> make_free_plan(PartPlan proposed) {
    if (proposed.total_parts != 0) {
        return std::unexpected(PlanError::count_of_free_parts);
    }
    if (proposed.file_size) {
        return std::unexpected(PlanError::size_of_free_parts);
    }
    return proposed;
}

}  // namespace

std::expected<PartPlan, PlanError> make_plan(PartPlan proposed) {
    if (proposed.total_parts > kMaxParts) {
        return std::unexpected(PlanError::too_many_parts);
    }
    if (proposed.part_size < kMinPartSize || proposed.part_size > kMaxPartSize) {
        return std::unexpected(PlanError::part_size_out_of_range);
    }
    if (proposed.sizes == PartSizes::free) {
        return make_free_plan(proposed);
    }
    if (proposed.total_parts > 1 && proposed.part_size.value() % kPartAlignment.value() != 0) {
        return std::unexpected(PlanError::part_size_not_aligned);
    }
    if (proposed.file_size && proposed.file_size->value() > kLargestExactJsonNumber) {
        return std::unexpected(PlanError::too_large);
    }
    if (proposed.total_parts == 0) {
        proposed.file_size = proposed.file_size.value_or(0_B);
    }
    if (!count_fits_size(proposed)) {
        return std::unexpected(PlanError::part_count_mismatch);
    }
    return proposed;
}

bool has_part(const PartPlan& plan, PartNumber number) {
    const bool is_counted = plan.sizes == PartSizes::fixed || plan.total_parts > 0;
    return number.value() >= 1 && number.value() <= (is_counted ? plan.total_parts : kMaxParts);
}

ByteOffset offset_of(const PartPlan& plan, PartNumber number) {
    return ByteOffset((number.value() - 1) * plan.part_size.value());
}

PartLength length_of(const PartPlan& plan, PartNumber number) {
    if (plan.sizes == PartSizes::free) {
        return {1_B, plan.part_size};
    }
    if (plan.file_size) {
        const std::uint64_t left = plan.file_size->value() - offset_of(plan, number).value();
        const ByteCount exact(std::min(left, plan.part_size.value()));
        return {exact, exact};
    }
    if (number.value() < plan.total_parts) {
        return {plan.part_size, plan.part_size};
    }
    // A last part of no bytes would be a part too many, unless it is the only one.
    return {plan.total_parts > 1 ? 1_B : 0_B, plan.part_size};
}

ByteCount capacity_of(const PartPlan& plan) {
    if (plan.sizes == PartSizes::free) {
        return 0_B;
    }
    return plan.file_size.value_or(ByteCount(plan.total_parts * plan.part_size.value()));
}

std::vector<Part> parts_of(const PartPlan& plan, std::vector<Part> recorded) {
    std::erase_if(recorded,
                  [&](const Part& part) { return part.number.value() > plan.total_parts; });
    return recorded;
}

}  // namespace slipway::core
