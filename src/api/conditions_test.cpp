#include "api/conditions.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace slipway::api {
namespace {

const Representation kFile{"\"abc\"", from_unix_millis(784'111'777'000), 1000_B};
constexpr auto kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

Selection with(std::initializer_list<std::pair<const char*, const char*>> lines,
               Representation file = kFile) {
    http::Headers headers;
    for (const auto& [name, value] : lines) {
        headers.add(name, value);
    }
    return select(headers, file);
}

bool is_range(const Selection& selection, std::uint64_t first, std::uint64_t length) {
    const auto* range = std::get_if<SendRange>(&selection);
    return range != nullptr && range->range == ByteRange{ByteOffset(first), ByteCount(length)};
}

template <class T>
bool is(const Selection& selection) {
    return std::holds_alternative<T>(selection);
}

TEST(Conditions, OneRangeIsSelected) {
    EXPECT_TRUE(is_range(with({{"Range", "bytes=0-0"}}), 0, 1));
    EXPECT_TRUE(is_range(with({{"Range", "bytes=10-19"}}), 10, 10));
    EXPECT_TRUE(is_range(with({{"Range", "bytes=990-"}}), 990, 10));
    EXPECT_TRUE(is_range(with({{"Range", "bytes=990-5000"}}), 990, 10));
    EXPECT_TRUE(is_range(with({{"Range", "bytes=-1"}}), 999, 1));
    EXPECT_TRUE(is_range(with({{"Range", "bytes=-5000"}}), 0, 1000));
}

TEST(Conditions, ARangeOutsideIsNotSatisfiable) {
    EXPECT_TRUE(is<RangeNotSatisfiable>(with({{"Range", "bytes=1000-"}})));
    EXPECT_TRUE(is<RangeNotSatisfiable>(with({{"Range", "bytes=1000-2000"}})));
    EXPECT_TRUE(is<RangeNotSatisfiable>(with({{"Range", "bytes=-0"}})));
    const Representation empty{"\"e\"", {}, 0_B};
    EXPECT_TRUE(is<RangeNotSatisfiable>(with({{"Range", "bytes=0-"}}, empty)));
    EXPECT_TRUE(is<RangeNotSatisfiable>(with({{"Range", "bytes=-1"}}, empty)));
}

TEST(Conditions, WhatIsNoRangeIsIgnored) {
    for (const auto* range :
         {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "items=0-1", "bytes=0-1,3-4",
          "bytes= 0-1", "bytes=0-1 ", "bytes=+1-2", "bytes=99999999999999999999-"}) {
        EXPECT_TRUE(is<SendWhole>(with({{"Range", range}}))) << range;
    }
}

TEST(Conditions, PreconditionsComeFirst) {
    EXPECT_TRUE(is<PreconditionFailed>(with({{"If-Match", "\"x\""}, {"Range", "bytes=0-1"}})));
    EXPECT_TRUE(is<PreconditionFailed>(with({{"If-Match", "W/\"abc\""}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Match", "\"x\", \"abc\""}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Match", "*"}})));
    EXPECT_TRUE(
        is<NotModified>(with({{"If-None-Match", "\"x\", W/\"abc\""}, {"Range", "bytes=0-1"}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-None-Match", "*"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-None-Match", "\"abcd\""}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-Modified-Since", kDate}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Modified-Since", kDate}, {"If-None-Match", "\"x\""}})));
}

TEST(Conditions, IfRangeGuardsTheRange) {
    EXPECT_TRUE(is_range(with({{"If-Range", "\"abc\""}, {"Range", "bytes=0-1"}}), 0, 2));
    EXPECT_TRUE(is_range(with({{"If-Range", kDate}, {"Range", "bytes=0-1"}}), 0, 2));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Range", "\"old\""}, {"Range", "bytes=0-1"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Range", "W/\"abc\""}, {"Range", "bytes=0-1"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Range", "\"old\""}, {"Range", "bytes=5000-"}})));
}

}  // namespace
}  // namespace slipway::api
