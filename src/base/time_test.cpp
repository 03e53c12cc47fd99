#include "base/time.hpp"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(Time, HasTheTextFormsOfItsStandards) {
    const auto time = from_unix_millis(784111777123);
    EXPECT_EQ(format_rfc3339(time), "1994-11-06T08:49:37.123Z");
    EXPECT_EQ(format_http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(unix_seconds(time), 784111777);
}

TEST(Time, EveryFormOfAnHttpDateIsRead) {
    const auto time = from_unix_millis(784111777000);
    for (const auto* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                             "Sun Nov  6 08:49:37 1994", "Sun Nov 06 08:49:37 1994"}) {
        EXPECT_EQ(parse_http_date(text), time) << text;
    }
    EXPECT_EQ(parse_http_date("Tuesday, 29-Feb-00 23:59:60 GMT"),
              parse_http_date("Wed, 01 Mar 2000 00:00:00 GMT"));
    EXPECT_EQ(parse_http_date(format_http_date(time)), time);
}

TEST(Time, WhatIsNoHttpDateIsRefused) {
    for (const auto* text :
         {"", "0", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ",
          "Sun, 6 Nov 1994 08:49:37 GMT", "sun, 06 nov 1994 08:49:37 gmt",
          "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
          "Sun Nov  6 08:49:37 94", "Sun Nov 6 08:49:37 1994", "1994-11-06T08:49:37Z",
          "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, +6 Nov 1994 08:49:37 GMT"}) {
        EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace slipway
