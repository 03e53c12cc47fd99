#include "http/address_counts.hpp"

#include <gtest/gtest.h>

namespace slipway::http {
namespace {

TEST(AddressCounts, LetsSoManyInAndOneMoreWhenOneLeaves) {
    AddressCounts counts({.most = 2, .uncounted = {"192.0.2.9"}});
    auto first = counts.enter("192.0.2.1");
    const auto second = counts.enter("192.0.2.1");
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(counts.enter("192.0.2.1"));
    EXPECT_TRUE(counts.enter("192.0.2.2"));
    first.reset();
    EXPECT_TRUE(counts.enter("192.0.2.1"));
}

TEST(AddressCounts, TakesAnIpv6NetworkForOne) {
    AddressCounts counts({.most = 1, .uncounted = {}});
    const auto first = counts.enter("2001:db8::1");
    EXPECT_FALSE(counts.enter("2001:db8::2"));
    EXPECT_TRUE(counts.enter("2001:db8:0:1::1"));
}

TEST(AddressCounts, DoesNotCountWhoStandsForMany) {
    AddressCounts counts({.most = 1, .uncounted = {"192.0.2.9"}});
    const auto first = counts.enter("192.0.2.9");
    EXPECT_TRUE(counts.enter("192.0.2.9"));
    AddressCounts unlimited({});
    const auto one = unlimited.enter("a");
    EXPECT_TRUE(unlimited.enter("a"));
}

}  // namespace
}  // namespace slipway::http
