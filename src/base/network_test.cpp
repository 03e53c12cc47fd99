#include "base/network.hpp"

#include <gtest/gtest.h>

namespace slipway {
namespace {

TEST(Network, OfIpv4IsTheAddress) {
    EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
    EXPECT_NE(network_of("192.0.2.1"), network_of("192.0.2.2"));
}

TEST(Network, OfIpv6IsItsFirst64Bits) {
    EXPECT_EQ(network_of("2001:db8::1"), network_of("2001:db8:0:0:ffff::2"));
    EXPECT_NE(network_of("2001:db8::1"), network_of("2001:db8:0:1::1"));
}

TEST(Network, KnowsWhatIsAnAddress) {
    for (const char* text : {"127.0.0.1", "::1", "2001:db8::1", "::ffff:192.0.2.1"}) {
        EXPECT_TRUE(is_address(text)) << text;
    }
    for (const char* text :
         {"", "localhost", "1.2.3", "1.2.3.4.5", "1.2.3.256", "[::1]", "1.2.3.4 "}) {
        EXPECT_FALSE(is_address(text)) << text;
    }
}

}  // namespace
}  // namespace slipway
