#include "api/byte_ranges.hpp"

#include <gtest/gtest.h>

#include <string>

namespace slipway::api {
namespace {

constexpr ByteCount kSize = 1000_B;

// "10+10 0+1" for the ranges of 10 bytes at 10 and of one at 0; "none" and "ignored" for the rest.
std::string parsed(std::string_view field, ByteCount size = kSize) {
    const auto ranges = parse_byte_ranges(field, size);
    if (!ranges) {
        return "ignored";
    }
    std::string text;
    for (const ByteRange& range : *ranges) {
        text += (text.empty() ? "" : " ") + std::to_string(range.first.value()) + "+" +
                std::to_string(range.length.value());
    }
    return text.empty() ? "none" : text;
}

TEST(ByteRanges, OneRange) {
    EXPECT_EQ(parsed("bytes=0-0"), "0+1");
    EXPECT_EQ(parsed("bytes=10-19"), "10+10");
    EXPECT_EQ(parsed("Bytes=10-19"), "10+10");
    EXPECT_EQ(parsed("bytes=999-999"), "999+1");
    EXPECT_EQ(parsed("bytes=990-"), "990+10");
    EXPECT_EQ(parsed("bytes=0-999"), "0+1000");
    EXPECT_EQ(parsed("bytes=0-1000"), "0+1000");
    EXPECT_EQ(parsed("bytes=990-5000"), "990+10");
    EXPECT_EQ(parsed("bytes=-1"), "999+1");
    EXPECT_EQ(parsed("bytes=-1000"), "0+1000");
    EXPECT_EQ(parsed("bytes=-5000"), "0+1000");
    EXPECT_EQ(parsed("bytes=00010-00019"), "10+10");
}

TEST(ByteRanges, NumbersOfAnySize) {
    EXPECT_EQ(parsed("bytes=0-18446744073709551615"), "0+1000");
    EXPECT_EQ(parsed("bytes=0-99999999999999999999999"), "0+1000");
    EXPECT_EQ(parsed("bytes=-99999999999999999999999"), "0+1000");
    EXPECT_EQ(parsed("bytes=99999999999999999999999-"), "none");
    EXPECT_EQ(parsed("bytes=18446744073709551616-18446744073709551617"), "none");
}

TEST(ByteRanges, OutsideTheFile) {
    EXPECT_EQ(parsed("bytes=1000-"), "none");
    EXPECT_EQ(parsed("bytes=1000-2000"), "none");
    EXPECT_EQ(parsed("bytes=-0"), "none");
    EXPECT_EQ(parsed("bytes=2000-3000, -0"), "none");
    EXPECT_EQ(parsed("bytes=2000-3000,0-1"), "0+2");
    EXPECT_EQ(parsed("bytes=0-", 0_B), "none");
    EXPECT_EQ(parsed("bytes=-0", 0_B), "none");
    // It can be satisfied, but there is nothing to send and no Content-Range to say so.
    EXPECT_EQ(parsed("bytes=-1", 0_B), "ignored");
}

TEST(ByteRanges, SeveralInTheirOrder) {
    EXPECT_EQ(parsed("bytes=0-1,5-6"), "0+2 5+2");
    EXPECT_EQ(parsed("bytes=5-6,0-1,-1"), "5+2 0+2 999+1");
    EXPECT_EQ(parsed("bytes=0-1 ,\t5-6"), "0+2 5+2");
    EXPECT_EQ(parsed("bytes=,0-1,,5-6,"), "0+2 5+2");
}

TEST(ByteRanges, WhatMeetsBecomesOneAtThePlaceOfTheFirst) {
    EXPECT_EQ(parsed("bytes=0-9,5-14"), "0+15");
    EXPECT_EQ(parsed("bytes=0-9,10-19"), "0+20");
    EXPECT_EQ(parsed("bytes=0-9,11-19"), "0+10 11+9");
    EXPECT_EQ(parsed("bytes=50-59,0-9,55-69"), "50+20 0+10");
    EXPECT_EQ(parsed("bytes=50-59,0-9,10-49"), "0+60");
    EXPECT_EQ(parsed("bytes=0-9,20-29,40-49,5-45"), "0+50");
    EXPECT_EQ(parsed("bytes=90-99,0-9,20-29,40-49,15-45"), "90+10 0+10 15+35");
    EXPECT_EQ(parsed("bytes=0-,0-,0-,0-"), "0+1000");
    EXPECT_EQ(parsed("bytes=-10,0-989"), "0+1000");
}

TEST(ByteRanges, OneTooManyIsIgnored) {
    std::string field = "bytes=0-0";
    for (std::size_t i = 1; i < kMaxRanges; ++i) {
        field += "," + std::to_string(10 * i) + "-" + std::to_string(10 * i);
    }
    EXPECT_EQ(parse_byte_ranges(field, kSize)->size(), kMaxRanges);
    EXPECT_EQ(parsed(field + ",500-500"), "ignored");
    EXPECT_EQ(parsed(field + ",0-0"), "ignored");
}

TEST(ByteRanges, WhatIsNoRangeIsIgnored) {
    for (const auto* field : {"",
                              "bytes",
                              "bytes=",
                              "bytes=,",
                              "bytes=-",
                              "bytes=--1",
                              "bytes=a-b",
                              "bytes=5-4",
                              "bytes=0x1-2",
                              "items=0-1",
                              "bytes = 0-1",
                              "bytes= 0-1",
                              "bytes=0-1 ",
                              "bytes=0 -1",
                              "bytes=0- 1",
                              "bytes=+1-2",
                              "bytes=1",
                              "bytes=0-1-2",
                              "bytes=0-1;2-3",
                              "bytes=0-1,x",
                              "bytes=0-1,5-4",
                              "none"}) {
        EXPECT_EQ(parsed(field), "ignored") << field;
    }
}

}  // namespace
}  // namespace slipway::api
