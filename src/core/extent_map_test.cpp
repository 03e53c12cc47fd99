#include "core/extent_map.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace slipway::core {
namespace {

const PartPlan kFree{
    .total_parts = 3, .part_size = 1_MiB, .file_size = std::nullopt, .sizes = PartSizes::free};

Part part(std::uint32_t number, std::uint64_t size, std::optional<std::uint64_t> extent) {
    Part out;
    out.number = PartNumber(number);
    out.size = ByteCount(size);
    if (extent) {
        out.extent = ByteOffset(*extent);
    }
    return out;
}

Run run(std::uint64_t from, std::uint64_t to, std::uint64_t length) {
    return {ByteOffset(from), ByteOffset(to), ByteCount(length)};
}

TEST(ExtentMap, PartsThatFollowEachOtherAreOneRun) {
    const std::vector<Part> parts = {part(1, 8192, 0), part(2, 4096, 8192), part(3, 77, 12288)};
    const ExtentMap map(kFree, parts);
    EXPECT_TRUE(map.is_in_order());
    EXPECT_EQ(map.size(), ByteCount(8192 + 4096 + 77));
    EXPECT_EQ(map.run_at(ByteOffset(0), 1_GiB), run(0, 0, 12365));
    EXPECT_EQ(map.run_at(ByteOffset(8000), ByteCount(500)), run(8000, 8000, 500));
    EXPECT_EQ(map.run_at(ByteOffset(12364), 1_GiB), run(12364, 12364, 1));
}

TEST(ExtentMap, PartsOutOfOrderAreRunsOfTheirOwn) {
    const std::vector<Part> parts = {part(1, 100, 8192), part(2, 50, 0), part(3, 4096, 4096)};
    const ExtentMap map(kFree, parts);
    EXPECT_FALSE(map.is_in_order());
    EXPECT_EQ(map.run_at(ByteOffset(0), 1_GiB), run(8192, 0, 100));
    EXPECT_EQ(map.run_at(ByteOffset(99), 1_GiB), run(8291, 99, 1));
    EXPECT_EQ(map.run_at(ByteOffset(100), 1_GiB), run(0, 100, 50));
    EXPECT_EQ(map.run_at(ByteOffset(149), 1_GiB), run(49, 149, 1));
    EXPECT_EQ(map.run_at(ByteOffset(150), ByteCount(10)), run(4096, 150, 10));
    EXPECT_EQ(map.run_at(ByteOffset(4245), 1_GiB), run(8191, 4245, 1));
}

TEST(ExtentMap, AHoleIsNotInOrder) {
    EXPECT_FALSE(ExtentMap(kFree, std::vector{part(1, 100, 0), part(2, 10, 4096)}).is_in_order());
    EXPECT_FALSE(ExtentMap(kFree, std::vector{part(1, 100, 4096)}).is_in_order());
    EXPECT_TRUE(ExtentMap(kFree, std::vector{part(1, 100, 0)}).is_in_order());
    EXPECT_TRUE(ExtentMap(kFree, std::vector<Part>{}).is_in_order());
}

TEST(ExtentMap, PartsOfAFixedSizeLieWhereThePlanSays) {
    const PartPlan plan{.total_parts = 2, .part_size = 4_KiB, .file_size = std::nullopt};
    const ExtentMap map(plan, std::vector{part(1, 4096, {}), part(2, 5, {})});
    EXPECT_TRUE(map.is_in_order());
    EXPECT_EQ(map.size(), 4101_B);
}

TEST(ExtentMap, NewRoomBeginsBehindEveryPart) {
    EXPECT_EQ(end_of_extents({}), ByteOffset(0));
    EXPECT_EQ(end_of_extents(std::vector{part(1, 4096, 8192), part(2, 1, 0)}), ByteOffset(12288));
    EXPECT_EQ(end_of_extents(std::vector{part(1, 4097, 8192)}), ByteOffset(16384));
    EXPECT_EQ(end_of_extents(std::vector{part(7, 1, 0)}), ByteOffset(4096));
}

}  // namespace
}  // namespace slipway::core
