#include "engine/extents/extent_allocator.hpp"

#include <gtest/gtest.h>

namespace slipway::engine {
namespace {

UploadId id(std::uint8_t n) {
    UploadId::Bytes bytes{};
    bytes.fill(n);
    return UploadId(bytes);
}

TEST(ExtentAllocator, KnowsNothingOfAnUploadUntilItIsTold) {
    ExtentAllocator extents;
    EXPECT_EQ(extents.take(id(1), 10_B), std::nullopt);
    EXPECT_EQ(extents.take_behind(id(1), ByteOffset(8192), 10_B), ByteOffset(8192));
    EXPECT_EQ(extents.take(id(1), 10_B), ByteOffset(12288));
    EXPECT_EQ(extents.take(id(2), 10_B), std::nullopt);
}

TEST(ExtentAllocator, GivesRoomUpwardsInWholePages) {
    ExtentAllocator extents;
    EXPECT_EQ(extents.take_behind(id(1), ByteOffset(0), 1_B), ByteOffset(0));
    EXPECT_EQ(extents.take(id(1), 4096_B), ByteOffset(4096));
    EXPECT_EQ(extents.take(id(1), 4097_B), ByteOffset(8192));
    EXPECT_EQ(extents.take(id(1), 1_B), ByteOffset(16384));
}

// Two parts that come at once after a restart both ask the catalog.
TEST(ExtentAllocator, WhatIsTakenAlreadyIsNotTakenAgain) {
    ExtentAllocator extents;
    EXPECT_EQ(extents.take_behind(id(1), ByteOffset(4096), 10_B), ByteOffset(4096));
    EXPECT_EQ(extents.take_behind(id(1), ByteOffset(4096), 10_B), ByteOffset(8192));
    EXPECT_EQ(extents.take_behind(id(1), ByteOffset(65536), 10_B), ByteOffset(65536));
}

TEST(ExtentAllocator, TheRoomOfTheLastAttemptIsUsedAgainWhereNoRecordCanNameIt) {
    ExtentAllocator extents;
    const auto first = extents.take_behind(id(1), ByteOffset(0), 100_B);
    const auto second = *extents.take(id(1), 100_B);
    // Something lies behind it.
    extents.release(id(1), first, 100_B, RoomUse::unused);
    const auto third = *extents.take(id(1), 100_B);
    EXPECT_EQ(third, ByteOffset(8192));
    extents.release(id(1), third, 100_B, RoomUse::unused);
    EXPECT_EQ(extents.take(id(1), 5000_B), third);
    extents.release(id(1), third, 5000_B, RoomUse::may_be_recorded);
    EXPECT_EQ(extents.take(id(1), 1_B), ByteOffset(16384));
    extents.release(id(1), second, 100_B, RoomUse::may_be_recorded);
}

TEST(ExtentAllocator, ForgetsTheOldestIdleUploadAndNoneThatIsAtWork) {
    ExtentAllocator extents(2);
    const auto busy = extents.take_behind(id(1), ByteOffset(0), 10_B);
    for (std::uint8_t n = 2; n <= 4; ++n) {
        const auto offset = extents.take_behind(id(n), ByteOffset(0), 10_B);
        extents.release(id(n), offset, 10_B, RoomUse::may_be_recorded);
    }
    EXPECT_TRUE(extents.take(id(1), 10_B));
    EXPECT_FALSE(extents.take(id(2), 10_B));
    EXPECT_TRUE(extents.take(id(4), 10_B));
    extents.release(id(1), busy, 10_B, RoomUse::may_be_recorded);
}

TEST(ExtentAllocator, WhatIsReleasedAfterItsUploadEndedIsNobodys) {
    ExtentAllocator extents;
    const auto offset = extents.take_behind(id(1), ByteOffset(0), 10_B);
    extents.forget(id(1));
    extents.release(id(1), offset, 10_B, RoomUse::unused);
    EXPECT_FALSE(extents.take(id(1), 10_B));
}

}  // namespace
}  // namespace slipway::engine
