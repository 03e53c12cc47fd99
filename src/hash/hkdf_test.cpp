#include "hash/hkdf.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/encoding.hpp"
#include "hash/random_bytes_for_test.hpp"

namespace slipway::hash {
namespace {

std::string hkdf_hex(std::string_view secret, std::string_view salt, std::string_view info) {
    return encode_hex(hkdf_sha256(bytes_of(secret), bytes_of(salt), bytes_of(info)).view());
}

std::string counting(unsigned first, unsigned last) {
    std::string text;
    for (unsigned value = first; value <= last; ++value) {
        text.push_back(static_cast<char>(value));
    }
    return text;
}

// RFC 5869 appendix A.1 to A.3; the first 32 bytes of each output.
TEST(HkdfSha256, GivesThePublishedValues) {
    EXPECT_EQ(hkdf_hex(std::string(22, '\x0b'), counting(0x00, 0x0c), counting(0xf0, 0xf9)),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    EXPECT_EQ(hkdf_hex(counting(0x00, 0x4f), counting(0x60, 0xaf), counting(0xb0, 0xff)),
              "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c");
    EXPECT_EQ(hkdf_hex(std::string(22, '\x0b'), "", ""),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
}

}  // namespace
}  // namespace slipway::hash
