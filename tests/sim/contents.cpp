#include "sim/contents.hpp"

#include <array>
#include <span>

#include "core/part_plan.hpp"
#include "hash/digester.hpp"
#include "sim/choices.hpp"

namespace slipway::sim {
namespace {

PartContent content_of(std::string bytes) {
    PartContent content{.bytes = std::move(bytes), .sha256 = {}};
    content.sha256 = hash::sha256(std::as_bytes(std::span(content.bytes)));
    return content;
}

// The second version of the open-ended part is longer, too.
std::size_t size_of(Shape shape, std::uint8_t part, Version version) {
    constexpr std::array<std::size_t, kMostParts> kFreeSizes = {700, 1024, 512};
    if (shape == Shape::free_sizes) {
        return kFreeSizes[part - 1U] - (version == kRight ? 0U : 100U);
    }
    const core::PartPlan plan = plan_of(shape);
    if (part < plan.total_parts) {
        return plan.part_size.value();
    }
    if (!plan.file_size) {
        return version == kRight ? 600 : 700;
    }
    return core::length_of(plan, PartNumber(part)).most.value();
}

struct Contents {
    using Versions = std::array<PartContent, 2>;
    using Parts = std::array<Versions, kMostParts>;
    std::array<std::array<Parts, kShapes>, kMostUploads> parts;
    std::array<std::array<PartContent, kShapes>, kMostUploads> wholes;

    Contents() {
        Choices choices(20'261'122);
        for (std::uint8_t upload = 0; upload < kMostUploads; ++upload) {
            for (std::uint8_t shape = 0; shape < kShapes; ++shape) {
                fill(upload, static_cast<Shape>(shape), choices);
            }
        }
    }

    void fill(std::uint8_t upload, Shape shape, Choices& choices) {
        std::string whole;
        const auto at = static_cast<std::size_t>(shape);
        for (std::uint8_t part = 1; part <= part_count_of(shape); ++part) {
            for (const Version version : {kRight, kOther}) {
                std::string bytes(size_of(shape, part, version), '\0');
                for (char& byte : bytes) {
                    byte = static_cast<char>(choices.below(256));
                }
                whole += version == kRight ? bytes : "";
                parts[upload][at][part - 1U][version] = content_of(std::move(bytes));
            }
        }
        wholes[upload][at] = content_of(std::move(whole));
    }
};

const Contents& contents() {
    static const Contents all;
    return all;
}

}  // namespace

core::PartPlan plan_of(Shape shape) {
    switch (shape) {
        case Shape::two_parts:
            return {.total_parts = 2, .part_size = 1_KiB, .file_size = 1624_B};
        case Shape::open_ended:
            return {.total_parts = 2, .part_size = 1_KiB, .file_size = std::nullopt};
        case Shape::declared:
            return {.total_parts = 3, .part_size = 1_KiB, .file_size = 2500_B};
        case Shape::free_sizes:
            return {.total_parts = 0,
                    .part_size = 1_KiB,
                    .file_size = std::nullopt,
                    .sizes = core::PartSizes::free};
        case Shape::empty:
            break;
    }
    return {.total_parts = 0, .part_size = 1_KiB, .file_size = 0_B};
}

std::uint8_t part_count_of(Shape shape) {
    return shape == Shape::free_sizes ? kMostParts
                                      : static_cast<std::uint8_t>(plan_of(shape).total_parts);
}

const PartContent& part_content(std::uint8_t upload, Shape shape, std::uint8_t part,
                                Version version) {
    return contents().parts[upload][static_cast<std::size_t>(shape)][part - 1U][version];
}

const PartContent& whole_content(std::uint8_t upload, Shape shape) {
    return contents().wholes[upload][static_cast<std::size_t>(shape)];
}

}  // namespace slipway::sim
