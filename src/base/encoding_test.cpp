#include "base/encoding.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace slipway {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

TEST(Encoding, Base64MatchesTheVectorsOfRfc4648) {
    EXPECT_EQ(encode_base64(bytes_of("")), "");
    EXPECT_EQ(encode_base64(bytes_of("f")), "Zg==");
    EXPECT_EQ(encode_base64(bytes_of("fo")), "Zm8=");
    EXPECT_EQ(encode_base64(bytes_of("foo")), "Zm9v");
    EXPECT_EQ(encode_base64(bytes_of("foob")), "Zm9vYg==");
    EXPECT_EQ(encode_base64(bytes_of("fooba")), "Zm9vYmE=");
    EXPECT_EQ(encode_base64(bytes_of("foobar")), "Zm9vYmFy");
}

TEST(Encoding, EveryFormRoundTripsForEveryLength) {
    std::mt19937 random(7);
    for (std::size_t length = 0; length < 80; ++length) {
        std::vector<std::byte> in(length);
        for (auto& byte : in) {
            byte = static_cast<std::byte>(random());
        }
        std::vector<std::byte> out(length);
        EXPECT_TRUE(decode_base64(encode_base64(in), out));
        EXPECT_EQ(in, out);
        EXPECT_TRUE(decode_base64url(encode_base64url(in), out));
        EXPECT_EQ(in, out);
        EXPECT_TRUE(decode_hex(encode_hex(in), out));
        EXPECT_EQ(in, out);
    }
}

TEST(Encoding, NonCanonicalBase64IsRefused) {
    std::array<std::byte, 1> one{};
    EXPECT_TRUE(decode_base64("Zg==", one));
    for (const auto* text :
         {"Zh==", "Zg=", "Zg", "Zg===", "Zg==\n", " Zg==", "Z===", "Zg=g", "", "=Zg="}) {
        EXPECT_FALSE(decode_base64(text, one)) << text;
    }
    EXPECT_FALSE(decode_base64url("Zg==", one));
}

TEST(Encoding, HexIsLowerCaseAndOfExactLength) {
    std::array<std::byte, 2> out{};
    EXPECT_TRUE(decode_hex("0aff", out));
    EXPECT_FALSE(decode_hex("0AFF", out));
    EXPECT_FALSE(decode_hex("0af", out));
    EXPECT_FALSE(decode_hex("0aff0", out));
    EXPECT_FALSE(decode_hex("0agf", out));
}

TEST(Encoding, PercentDecodingRefusesBrokenEscapesAndNul) {
    EXPECT_EQ(decode_percent("a%20b%2Fc"), "a b/c");
    EXPECT_EQ(decode_percent(encode_percent("ü \"%/~")), "ü \"%/~");
    for (const auto* text : {"%", "%2", "%zz", "a%0", "%00"}) {
        EXPECT_FALSE(decode_percent(text)) << text;
    }
}

TEST(Encoding, Utf8RefusesOverlongSurrogateAndTruncatedForms) {
    EXPECT_TRUE(is_utf8("plain, ü, 漢, 🚢"));
    for (const auto* text : {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff",
                             "\xc3", "\xe6\xbc", "\x80", "\xf8\x88\x80\x80\x80"}) {
        EXPECT_FALSE(is_utf8(text));
    }
}

}  // namespace
}  // namespace slipway
