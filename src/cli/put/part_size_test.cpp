#include "cli/put/part_size.hpp"

#include <gtest/gtest.h>

#include "core/part_plan.hpp"

namespace slipway::cli {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

TEST(PartSize, IsTheWantedOneWhileThatWillDo) {
    EXPECT_EQ(lay_out(0, 8 * kMiB)->total_parts, 0U);
    EXPECT_EQ(lay_out(1, 8 * kMiB)->total_parts, 1U);
    EXPECT_EQ(lay_out(8 * kMiB, 8 * kMiB)->total_parts, 1U);
    EXPECT_EQ(lay_out(8 * kMiB + 1, 8 * kMiB)->total_parts, 2U);
    EXPECT_EQ(lay_out(80'000 * kMiB, 8 * kMiB)->chunk_size, 8 * kMiB);
    EXPECT_EQ(lay_out(80'000 * kMiB, 8 * kMiB)->total_parts, 10'000U);
}

TEST(PartSize, GrowsWhereThereWouldBeTooMany) {
    const auto layout = lay_out(80'000 * kMiB + 1, 8 * kMiB);
    EXPECT_EQ(layout->chunk_size, 9 * kMiB);
    EXPECT_LE(layout->total_parts, 10'000U);
    const auto tiny = lay_out(100 * kMiB, 4096);
    EXPECT_EQ(tiny->chunk_size, kMiB);
}

TEST(PartSize, EveryLayoutIsOneTheServerTakes) {
    for (std::uint64_t size = 0; size < (std::uint64_t{1} << 45); size = size * 3 + 4095) {
        for (const std::uint64_t wanted :
             {std::uint64_t{4096}, 64 * std::uint64_t{1024}, 8 * kMiB}) {
            const auto layout = lay_out(size, wanted);
            ASSERT_TRUE(layout) << size;
            const core::PartPlan plan{layout->total_parts, ByteCount(layout->chunk_size),
                                      ByteCount(size)};
            EXPECT_TRUE(core::make_plan(plan)) << size << " in " << layout->chunk_size;
            std::uint64_t end = 0;
            if (layout->total_parts > 0) {
                const auto last = layout->range_of(layout->total_parts);
                end = last.first.value() + last.length.value();
                EXPECT_GT(last.length.value(), 0U);
            }
            EXPECT_EQ(end, size);
        }
    }
}

TEST(PartSize, RefusesWhatTheProtocolDoesNotHave) {
    for (const std::uint64_t wrong :
         {std::uint64_t{0}, std::uint64_t{1024}, std::uint64_t{5000}, std::uint64_t{6} << 30}) {
        const auto layout = lay_out(1, wrong);
        ASSERT_FALSE(layout) << wrong;
        EXPECT_EQ(layout.error().exit, ExitCode::usage);
    }
    const auto huge = lay_out((std::uint64_t{5} << 30) * 10'000 + 1, 8 * kMiB);
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().exit, ExitCode::failed);
}

}  // namespace
}  // namespace slipway::cli
