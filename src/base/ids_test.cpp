#include "base/ids.hpp"

#include <gtest/gtest.h>

#include <concepts>

namespace slipway {
namespace {

TEST(UploadId, RoundTripsThroughItsText) {
    const auto id = UploadId::parse("000102030405060708090a0b0c0d0eff");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->to_string(), "000102030405060708090a0b0c0d0eff");
}

TEST(UploadId, RefusesEveryOtherText) {
    for (const auto* text :
         {"", "0", "000102030405060708090a0b0c0d0ef", "000102030405060708090a0b0c0d0eff0",
          "000102030405060708090A0B0C0D0EFF", "../02030405060708090a0b0c0d0eff0",
          "000102030405060708090a0b0c0d0e f"}) {
        EXPECT_FALSE(UploadId::parse(text)) << text;
    }
}

TEST(TaskId, IsWrittenLikeAnUploadsButIsNotOne) {
    const auto id = TaskId::parse("000102030405060708090a0b0c0d0eff");
    ASSERT_TRUE(id);
    EXPECT_EQ(id->to_string(), "000102030405060708090a0b0c0d0eff");
    static_assert(!std::convertible_to<TaskId, UploadId>);
}

}  // namespace
}  // namespace slipway
