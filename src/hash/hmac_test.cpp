#include "hash/hmac.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.hpp"
#include "hash/random_bytes_for_test.hpp"

namespace slipway::hash {
namespace {

std::string hmac_hex(std::string_view key, std::string_view message) {
    return encode_hex(hmac_sha256(bytes_of(key), bytes_of(message)).view());
}

// RFC 4231 sections 4.2 to 4.8; case 5 is truncated to 128 bits there.
TEST(HmacSha256, GivesThePublishedValues) {
    EXPECT_EQ(hmac_hex(std::string(20, '\x0b'), "Hi There"),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hmac_hex("Jefe", "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hmac_hex(std::string(20, '\xaa'), std::string(50, '\xdd')),
              "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    std::string counting;
    for (char c = 1; c <= 25; ++c) {
        counting.push_back(c);
    }
    EXPECT_EQ(hmac_hex(counting, std::string(50, '\xcd')),
              "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    EXPECT_EQ(hmac_hex(std::string(20, '\x0c'), "Test With Truncation").substr(0, 32),
              "a3b6167473100ee06e0c796c2955552b");
    EXPECT_EQ(hmac_hex(std::string(131, '\xaa'),
                       "Test Using Larger Than Block-Size Key - Hash Key First"),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(
        hmac_hex(std::string(131, '\xaa'),
                 "This is a test using a larger than block-size key and a larger than block-size "
                 "data. The key needs to be hashed before being used by the HMAC algorithm."),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacSha256, TakesAnEmptyKeyAndAnEmptyMessage) {
    const std::string expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
    EXPECT_EQ(hmac_hex("", ""), expected);
    EXPECT_EQ(encode_hex(hmac_sha256({}, {}).view()), expected);
}

TEST(EqualConstantTime, IsEquality) {
    EXPECT_TRUE(equal_constant_time({}, {}));
    EXPECT_TRUE(equal_constant_time(bytes_of("same"), bytes_of("same")));
    EXPECT_FALSE(equal_constant_time(bytes_of("same"), bytes_of("some")));
    EXPECT_FALSE(equal_constant_time(bytes_of("same"), bytes_of("samE")));
    EXPECT_FALSE(equal_constant_time(bytes_of("same"), bytes_of("same longer")));
    EXPECT_FALSE(equal_constant_time(bytes_of("same"), {}));
}

}  // namespace
}  // namespace slipway::hash
