#include "core/part_ranges.hpp"

#include <gtest/gtest.h>

#include <random>

namespace slipway::core {
namespace {

std::vector<Part> parts_of(std::initializer_list<std::uint32_t> numbers) {
    std::vector<Part> parts;
    for (const auto number : numbers) {
        parts.push_back(
            Part{.number = PartNumber(number), .size = {}, .digests = {}, .stored_at = {}});
    }
    return parts;
}

PartRange range(std::uint32_t first, std::uint32_t last) {
    return {PartNumber(first), PartNumber(last)};
}

TEST(PartRanges, NeighboursShareARange) {
    const auto received = received_ranges(parts_of({1, 2, 3, 6, 8, 9}));
    EXPECT_EQ(received, (std::vector{range(1, 3), range(6, 6), range(8, 9)}));
    EXPECT_EQ(missing_ranges(received, 12), (std::vector{range(4, 5), range(7, 7), range(10, 12)}));
    EXPECT_EQ(missing_ranges(received, 9), (std::vector{range(4, 5), range(7, 7)}));
}

TEST(PartRanges, NothingAndEverything) {
    EXPECT_TRUE(received_ranges({}).empty());
    EXPECT_EQ(missing_ranges({}, 5), std::vector{range(1, 5)});
    EXPECT_TRUE(missing_ranges({}, 0).empty());
    const auto all = received_ranges(parts_of({1, 2}));
    EXPECT_TRUE(missing_ranges(all, 2).empty());
}

TEST(PartRanges, ReceivedAndMissingTileThePlan) {
    std::mt19937 random(11);
    for (int round = 0; round < 500; ++round) {
        const std::uint32_t total = random() % 60;
        std::vector<Part> parts;
        for (std::uint32_t n = 1; n <= total; ++n) {
            if (random() % 2 == 0) {
                parts.push_back(
                    Part{.number = PartNumber(n), .size = {}, .digests = {}, .stored_at = {}});
            }
        }
        const auto received = received_ranges(parts);
        std::size_t covered = 0;
        for (const auto& r : missing_ranges(received, total)) {
            covered += r.last.value() - r.first.value() + 1;
        }
        EXPECT_EQ(covered + parts.size(), total);
    }
}

}  // namespace
}  // namespace slipway::core
