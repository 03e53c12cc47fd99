#include "api/conditions.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

namespace slipway::api {
namespace {

const Representation kFile{"\"abc\"", from_unix_millis(784'111'777'000), 1000_B};
constexpr auto kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

constexpr auto kDayBefore = "Sat, 05 Nov 1994 08:49:37 GMT";
constexpr auto kDayAfter = "Mon, 07 Nov 1994 08:49:37 GMT";

Selection with(std::initializer_list<std::pair<const char*, const char*>> lines,
               Representation file = kFile, http::Method method = http::Method::get) {
    http::RequestHead head;
    head.method = method;
    for (const auto& [name, value] : lines) {
        head.headers.add(name, value);
    }
    return select(head, file);
}

bool is_range(const Selection& selection, std::uint64_t first, std::uint64_t length) {
    const auto* range = std::get_if<SendRange>(&selection);
    return range != nullptr && range->range == ByteRange{ByteOffset(first), ByteCount(length)};
}

template <class T>
bool is(const Selection& selection) {
    return std::holds_alternative<T>(selection);
}

TEST(Conditions, ARangeIsSelectedForGetAlone) {
    EXPECT_TRUE(is_range(with({{"Range", "bytes=10-19"}}), 10, 10));
    EXPECT_TRUE(is<SendRanges>(with({{"Range", "bytes=0-1,5-6"}})));
    EXPECT_TRUE(is_range(with({{"Range", "bytes=0-4,5-6"}}), 0, 7));
    EXPECT_TRUE(is<RangeNotSatisfiable>(with({{"Range", "bytes=1000-"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"Range", "bytes=5-4"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"Range", "bytes=0-1"}, {"Range", "bytes=2-3"}})));
    for (const auto* range : {"bytes=10-19", "bytes=1000-"}) {
        EXPECT_TRUE(is<SendWhole>(with({{"Range", range}}, kFile, http::Method::head))) << range;
    }
}

TEST(Conditions, PreconditionsComeFirst) {
    EXPECT_TRUE(is<PreconditionFailed>(with({{"If-Match", "\"x\""}, {"Range", "bytes=0-1"}})));
    EXPECT_TRUE(is<PreconditionFailed>(with({{"If-Match", "W/\"abc\""}})));
    EXPECT_TRUE(is<PreconditionFailed>(with({{"If-Match", ""}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Match", "\"x\", \"abc\""}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Match", "\"x\""}, {"If-Match", "\"abc\""}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Match", "*"}})));
    EXPECT_TRUE(
        is<NotModified>(with({{"If-None-Match", "\"x\", W/\"abc\""}, {"Range", "bytes=0-1"}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-None-Match", "\"x\""}, {"If-None-Match", "\"abc\""}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-None-Match", "*"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-None-Match", "\"abcd\""}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-None-Match", "\"a, \"bc\""}})));
}

TEST(Conditions, DatesAreComparedInEveryForm) {
    EXPECT_TRUE(is<NotModified>(with({{"If-Modified-Since", kDate}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-Modified-Since", kDayAfter}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-Modified-Since", "Sun Nov  6 08:49:37 1994"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Modified-Since", kDayBefore}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Modified-Since", "yesterday"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Modified-Since", kDate}, {"If-Modified-Since", kDate}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Unmodified-Since", kDate}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Unmodified-Since", kDayAfter}})));
    EXPECT_TRUE(is<PreconditionFailed>(with({{"If-Unmodified-Since", kDayBefore}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Unmodified-Since", "never"}})));
    // Only whole seconds are told, so half a second later is the same time.
    const Representation later{"\"abc\"", kFile.last_modified + std::chrono::milliseconds(500),
                               1000_B};
    EXPECT_TRUE(is<NotModified>(with({{"If-Modified-Since", kDate}}, later)));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Unmodified-Since", kDate}}, later)));
}

// The order of RFC 9110 section 13.2.2: a tag is looked at instead of a date, and what comes first
// decides.
TEST(Conditions, ATagIsLookedAtInsteadOfADate) {
    EXPECT_TRUE(is<SendWhole>(with({{"If-Match", "*"}, {"If-Unmodified-Since", kDayBefore}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Modified-Since", kDate}, {"If-None-Match", "\"x\""}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-Modified-Since", kDayBefore}, {"If-None-Match", "*"}})));
    EXPECT_TRUE(is<PreconditionFailed>(with({{"If-Match", "\"x\""}, {"If-None-Match", "*"}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-Match", "*"}, {"If-None-Match", "*"}})));
    EXPECT_TRUE(is<NotModified>(with({{"If-None-Match", "*"}, {"If-Range", "\"x\""}})));
}

TEST(Conditions, IfRangeGuardsTheRange) {
    EXPECT_TRUE(is_range(with({{"If-Range", "\"abc\""}, {"Range", "bytes=0-1"}}), 0, 2));
    EXPECT_TRUE(is<SendRanges>(with({{"If-Range", "\"abc\""}, {"Range", "bytes=0-1,4-5"}})));
    EXPECT_TRUE(is_range(with({{"If-Range", kDate}, {"Range", "bytes=0-1"}}), 0, 2));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Range", "\"old\""}, {"Range", "bytes=0-1"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Range", "W/\"abc\""}, {"Range", "bytes=0-1"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Range", "\"old\""}, {"Range", "bytes=5000-"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Range", "\"x\", \"abc\""}, {"Range", "bytes=0-1"}})));
    // Exactly the date: one after it is not enough.
    EXPECT_TRUE(is<SendWhole>(with({{"If-Range", kDayAfter}, {"Range", "bytes=0-1"}})));
    EXPECT_TRUE(is<SendWhole>(with({{"If-Range", kDayBefore}, {"Range", "bytes=0-1"}})));
}

}  // namespace
}  // namespace slipway::api
