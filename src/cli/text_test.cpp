#include "cli/text.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace slipway::cli {
namespace {

using namespace std::chrono_literals;

TEST(Text, BytesThatAreNoUtf8AreReplaced) {
    EXPECT_EQ(valid_utf8("plain ä 漢 😀"), "plain ä 漢 😀");
    EXPECT_EQ(valid_utf8("a\xff"
                         "b"),
              "a\xef\xbf\xbd"
              "b");
    EXPECT_EQ(valid_utf8("\xc3"), "\xef\xbf\xbd");
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const std::string text = {static_cast<char>(first), static_cast<char>(second), 'x'};
            EXPECT_TRUE(is_utf8(valid_utf8(text)));
            EXPECT_TRUE(valid_utf8(text).ends_with('x'));
        }
    }
}

TEST(Text, WhatATerminalObeysIsNotPrinted) {
    EXPECT_EQ(printable("a\x1b[2Jb"), "a?[2Jb");
    EXPECT_EQ(printable(std::string("a\0b\n\r\t\x7f", 7)), "a?b????");
    EXPECT_EQ(printable("\u009b31m"), "?31m");
    EXPECT_EQ(printable("gpj\u202eexe.doc"), "gpj?exe.doc");
    EXPECT_EQ(printable("tilde ~ and \u00a0 and ä"), "tilde ~ and \u00a0 and ä");
}

TEST(Text, Sizes) {
    EXPECT_EQ(format_size(0), "0 B");
    EXPECT_EQ(format_size(1023), "1023 B");
    EXPECT_EQ(format_size(1024), "1.0 KiB");
    EXPECT_EQ(format_size((1 << 20) - 1), "1.0 MiB");
    EXPECT_EQ(format_size(1536ULL << 20), "1.5 GiB");
    EXPECT_EQ(format_size(UINT64_MAX), "16.0 EiB");
}

TEST(Text, SizesThatPeopleWrite) {
    EXPECT_EQ(parse_size("0"), 0U);
    EXPECT_EQ(parse_size("123"), 123U);
    EXPECT_EQ(parse_size("64k"), 64U << 10);
    EXPECT_EQ(parse_size("8M"), 8U << 20);
    EXPECT_EQ(parse_size("8MiB"), 8U << 20);
    EXPECT_EQ(parse_size("2GB"), 2ULL << 30);
    EXPECT_EQ(parse_size("16777215T"), 16777215ULL << 40);
    for (const auto* wrong : {"", "M", "-1", "1.5M", "8X", "8 M", "8Mi", "8MBB", "16777216T",
                              "18446744073709551616", "8bananas"}) {
        EXPECT_FALSE(parse_size(wrong)) << wrong;
    }
}

TEST(Text, Durations) {
    EXPECT_EQ(format_duration(0s), "0:00");
    EXPECT_EQ(format_duration(59s), "0:59");
    EXPECT_EQ(format_duration(725s), "12:05");
    EXPECT_EQ(format_duration(11109s), "3:05:09");
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("30"), 30s);
    EXPECT_EQ(parse_duration("30s"), 30s);
    EXPECT_EQ(parse_duration("5m"), 5min);
    EXPECT_EQ(parse_duration("2h"), 2h);
    EXPECT_EQ(parse_duration("30d"), std::chrono::days(30));
    for (const auto* wrong : {"", "s", "-1s", "1w", "1 s", "99999999999h"}) {
        EXPECT_FALSE(parse_duration(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace slipway::cli
