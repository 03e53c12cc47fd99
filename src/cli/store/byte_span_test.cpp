#include "cli/store/byte_span.hpp"

#include <gtest/gtest.h>

#include <string>

namespace slipway::cli {
namespace {

std::optional<ByteRange> range(const std::string& text, std::uint64_t size) {
    return range_within(parse_byte_span(text).value(), ByteCount(size));
}

ByteRange bytes(std::uint64_t first, std::uint64_t length) {
    return {ByteOffset(first), ByteCount(length)};
}

TEST(ByteSpan, IsCutAtTheEndOfTheObject) {
    EXPECT_EQ(range("0-0", 10), bytes(0, 1));
    EXPECT_EQ(range("2-5", 10), bytes(2, 4));
    EXPECT_EQ(range("2-99", 10), bytes(2, 8));
    EXPECT_EQ(range("9-", 10), bytes(9, 1));
    EXPECT_EQ(range("-3", 10), bytes(7, 3));
    EXPECT_EQ(range("-30", 10), bytes(0, 10));
}

TEST(ByteSpan, BehindTheEndThereIsNothing) {
    EXPECT_EQ(range("10-", 10), std::nullopt);
    EXPECT_EQ(range("10-12", 10), std::nullopt);
    EXPECT_EQ(range("-1", 0), std::nullopt);
}

TEST(ByteSpan, AnythingElseIsNone) {
    for (const std::string text : {"", "-", "5", "5-2", "-0", "a-b", "1-2-3", "0-x", "+1-2", " 1-2",
                                   "--1", "1234567890123456789-"}) {
        EXPECT_FALSE(parse_byte_span(text)) << text;
    }
    EXPECT_TRUE(parse_byte_span("123456789012345678-"));
}

}  // namespace
}  // namespace slipway::cli
