#include "core/part_plan.hpp"

#include <gtest/gtest.h>

#include <random>

namespace slipway::core {
namespace {

PartPlan plan(std::uint32_t parts, ByteCount part_size,
              std::optional<ByteCount> size = std::nullopt) {
    return PartPlan{parts, part_size, size};
}

TEST(PartPlan, AcceptsItsLimitsAndRefusesOneBeyond) {
    EXPECT_TRUE(make_plan(plan(10'000, 5_GiB)));
    EXPECT_EQ(make_plan(plan(10'001, 8_MiB)).error(), PlanError::too_many_parts);
    EXPECT_TRUE(make_plan(plan(1, 1_KiB)));
    EXPECT_EQ(make_plan(plan(1, 1023_B)).error(), PlanError::part_size_out_of_range);
    EXPECT_EQ(make_plan(plan(1, 5_GiB + 1_B)).error(), PlanError::part_size_out_of_range);
    EXPECT_EQ(make_plan(plan(1, 0_B)).error(), PlanError::part_size_out_of_range);
    EXPECT_EQ(make_plan(plan(2, 5000_B)).error(), PlanError::part_size_not_aligned);
    EXPECT_TRUE(make_plan(plan(1, 5000_B)));
    EXPECT_TRUE(make_plan(plan(2, 4_KiB)));
}

TEST(PartPlan, TheNumberOfPartsFitsTheSize) {
    EXPECT_TRUE(make_plan(plan(3, 4_KiB, 12_KiB)));
    EXPECT_TRUE(make_plan(plan(3, 4_KiB, 8_KiB + 1_B)));
    EXPECT_EQ(make_plan(plan(3, 4_KiB, 8_KiB)).error(), PlanError::part_count_mismatch);
    EXPECT_EQ(make_plan(plan(3, 4_KiB, 12_KiB + 1_B)).error(), PlanError::part_count_mismatch);
    EXPECT_EQ(make_plan(plan(0, 4_KiB, 1_B)).error(), PlanError::part_count_mismatch);
    EXPECT_TRUE(make_plan(plan(0, 4_KiB, 0_B)));
    EXPECT_TRUE(make_plan(plan(1, 4_KiB, 0_B)));
    EXPECT_EQ(make_plan(plan(2, 4_KiB, 0_B)).error(), PlanError::part_count_mismatch);
    const ByteCount huge((std::uint64_t{1} << 53U) + 1);
    EXPECT_EQ(make_plan(plan(1, 5_GiB, huge)).error(), PlanError::too_large);
}

TEST(PartPlan, NoPartsMeanAnEmptyFile) {
    const auto empty = make_plan(plan(0, 4_KiB));
    ASSERT_TRUE(empty);
    EXPECT_EQ(empty->file_size, 0_B);
    EXPECT_EQ(capacity_of(*empty), 0_B);
    EXPECT_FALSE(has_part(*empty, PartNumber(1)));
}

TEST(PartPlan, PartsOfEveryPlanTileTheFile) {
    std::mt19937_64 random(20261122);
    for (int round = 0; round < 2000; ++round) {
        const ByteCount part_size((1 + random() % 64) * 4096);
        const ByteCount size(random() % (part_size.value() * 40) + 1);
        const auto parts =
            static_cast<std::uint32_t>((size.value() + part_size.value() - 1) / part_size.value());
        const auto made = make_plan(plan(parts, part_size, size));
        ASSERT_TRUE(made);
        ByteOffset at;
        for (std::uint32_t n = 1; n <= parts; ++n) {
            const auto length = length_of(*made, PartNumber(n));
            ASSERT_EQ(offset_of(*made, PartNumber(n)), at);
            ASSERT_EQ(length.least, length.most);
            ASSERT_GT(length.least, 0_B);
            ASSERT_LE(length.most, part_size);
            at = at + length.most;
        }
        ASSERT_EQ(at.value(), size.value());
        ASSERT_FALSE(has_part(*made, PartNumber(parts + 1)));
        ASSERT_FALSE(has_part(*made, PartNumber(0)));
    }
}

TEST(PartPlan, OnlyTheLastPartOfAnUnknownSizeMayBeShorter) {
    const auto made = make_plan(plan(3, 4_KiB));
    ASSERT_TRUE(made);
    EXPECT_EQ(length_of(*made, PartNumber(2)), (PartLength{4_KiB, 4_KiB}));
    EXPECT_EQ(length_of(*made, PartNumber(3)), (PartLength{1_B, 4_KiB}));
    EXPECT_TRUE(length_of(*make_plan(plan(1, 4_KiB)), PartNumber(1)).admits(0_B));
    EXPECT_EQ(capacity_of(*made), 12_KiB);
}

TEST(PartPlan, FreeSizesAreCountedAndSummedUpByNobody) {
    PartPlan wanted{0, 5000_B, std::nullopt, PartSizes::free};
    const auto made = make_plan(wanted);
    ASSERT_TRUE(made) << "nothing has to be aligned";
    EXPECT_EQ(capacity_of(*made), 0_B);
    EXPECT_FALSE(has_part(*made, PartNumber(0)));
    EXPECT_TRUE(has_part(*made, PartNumber(kMaxParts)));
    EXPECT_FALSE(has_part(*made, PartNumber(kMaxParts + 1)));
    EXPECT_EQ(length_of(*made, PartNumber(1)), (PartLength{1_B, 5000_B}));
    wanted.total_parts = 2;
    EXPECT_EQ(make_plan(wanted).error(), PlanError::count_of_free_parts);
    EXPECT_TRUE(has_part(wanted, PartNumber(2)));
    EXPECT_FALSE(has_part(wanted, PartNumber(3)));
    wanted.total_parts = 0;
    wanted.file_size = 1_B;
    EXPECT_EQ(make_plan(wanted).error(), PlanError::size_of_free_parts);
    wanted.file_size.reset();
    wanted.part_size = kMaxPartSize + 1_B;
    EXPECT_EQ(make_plan(wanted).error(), PlanError::part_size_out_of_range);
}

}  // namespace
}  // namespace slipway::core
