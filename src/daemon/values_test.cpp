#include "daemon/values.hpp"

#include <gtest/gtest.h>

namespace slipway::daemon {
namespace {

using namespace std::chrono_literals;

TEST(Values, SizesAndDurationsRoundTrip) {
    EXPECT_EQ(parse_size("64MiB"), 64_MiB);
    EXPECT_EQ(parse_size("4096"), 4_KiB);
    EXPECT_EQ(parse_size("9223372036854775807"), parse_size("9223372036854775807B"));
    EXPECT_EQ(format_size(64_MiB), "64MiB");
    EXPECT_EQ(format_size(1500_B), "1500B");
    EXPECT_EQ(parse_duration("90s"), 90s);
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("1d"), 24h);
    EXPECT_EQ(format_duration(24h), "1d");
    EXPECT_EQ(format_duration(90s), "90s");
}

TEST(Values, OtherTextsAreRefused) {
    for (const auto* text :
         {"", "MiB", "-1MiB", "1.5GiB", "64 MiB", "64mb", "99999999TiB", "18446744073709551616",
          "9223372036854775808", "9223372036854775808B"}) {
        EXPECT_FALSE(parse_size(text)) << text;
    }
    for (const auto* text : {"", "30", "s", "-5s", "1h30m", "99999999999999999d"}) {
        EXPECT_FALSE(parse_duration(text)) << text;
    }
}

TEST(Values, FractionsGoFromNoneToAll) {
    EXPECT_EQ(parse_fraction("0"), 0.0);
    EXPECT_EQ(parse_fraction("1"), 1.0);
    EXPECT_EQ(parse_fraction("1.000"), 1.0);
    EXPECT_EQ(parse_fraction("0.25"), 0.25);
    EXPECT_EQ(format_fraction(0.25), "0.25");
    EXPECT_EQ(format_fraction(0), "0");
    EXPECT_EQ(parse_fraction(format_fraction(1e-7)), 1e-7);
    for (const auto* text : {"", ".5", "1.", "1.01", "-0.5", "+0.5", "1e-3", "0.5.5", "inf", "nan",
                             "0x1", " 0.5", "50%"}) {
        EXPECT_FALSE(parse_fraction(text)) << text;
    }
}

TEST(Values, AddressesHaveAHostAndAPort) {
    EXPECT_EQ(format_address(*parse_address("127.0.0.1:0")), "127.0.0.1:0");
    EXPECT_EQ(format_address(*parse_address("[::1]:8080")), "[::1]:8080");
    EXPECT_EQ(parse_address("[::1]:8080")->host, "::1");
    for (const auto* text :
         {"", "8080", ":8080", "host", "host:", "host:65536", "::1:8080", "host:x", "[host]:1",
          "[]:1", "[:1", "[[::1]]:1", "[[a]:b]:1", "a b:1", "a/b:1"}) {
        EXPECT_FALSE(parse_address(text)) << text;
    }
}

}  // namespace
}  // namespace slipway::daemon
