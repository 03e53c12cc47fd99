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

}  // namespace
}  // namespace slipway
