#include "hash/digester.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <string>
#include <utility>

#include "base/encoding.hpp"
#include "hash/random_bytes_for_test.hpp"

namespace slipway::hash {
namespace {

template <class Hasher>
std::string hex_of(std::span<const std::byte> bytes) {
    Hasher hasher;
    hasher.update(bytes);
    return encode_hex(hasher.finish().view());
}

template <class Hasher>
std::string hex_of(std::string_view text) {
    return hex_of<Hasher>(bytes_of(text));
}

std::string by_openssl(const EVP_MD* digest, std::span<const std::byte> bytes) {
    std::vector<std::byte> out(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
               digest, nullptr);
    return encode_hex(std::span(out).first(size));
}

std::uint32_t reference_crc32c(std::span<const std::byte> bytes) {
    std::uint32_t state = 0xffffffff;
    for (const std::byte byte : bytes) {
        state ^= std::to_integer<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            state = (state >> 1U) ^ ((state & 1U) != 0 ? 0x82F63B78U : 0U);
        }
    }
    return ~state;
}

// FIPS 180-4 examples.
TEST(Sha256Hasher, GivesThePublishedValues) {
    EXPECT_EQ(hex_of<Sha256Hasher>(""),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex_of<Sha256Hasher>("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex_of<Sha256Hasher>("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(hex_of<Sha256Hasher>(std::string(1000000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// RFC 1321 appendix A.5.
TEST(Md5Hasher, GivesThePublishedValues) {
    EXPECT_EQ(hex_of<Md5Hasher>(""), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(hex_of<Md5Hasher>("a"), "0cc175b9c0f1b6a831c399e269772661");
    EXPECT_EQ(hex_of<Md5Hasher>("abc"), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(hex_of<Md5Hasher>("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
    EXPECT_EQ(hex_of<Md5Hasher>("abcdefghijklmnopqrstuvwxyz"), "c3fcd3d76192e4007dfb496cca67e13b");
    EXPECT_EQ(hex_of<Md5Hasher>("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
              "d174ab98d277d9f5a5611c2c9f419d9f");
    EXPECT_EQ(
        hex_of<Md5Hasher>(
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890"),
        "57edf4a22be3c955ac49da2e2107b67a");
}

// RFC 3720 appendix B.4, whose bytes stand in the other order, and the check value of the CRC
// catalogue.
TEST(Crc32cHasher, GivesThePublishedValues) {
    EXPECT_EQ(hex_of<Crc32cHasher>(""), "00000000");
    EXPECT_EQ(hex_of<Crc32cHasher>("123456789"), "e3069283");
    EXPECT_EQ(hex_of<Crc32cHasher>(std::string(32, '\0')), "8a9136aa");
    EXPECT_EQ(hex_of<Crc32cHasher>(std::string(32, '\xff')), "62a8ab43");
}

TEST(Crc64NvmeHasher, GivesTheCheckValue) {
    EXPECT_EQ(hex_of<Crc64NvmeHasher>(""), "0000000000000000");
    EXPECT_EQ(hex_of<Crc64NvmeHasher>("123456789"), "ae8b14860a799888");
}

TEST(Hashers, AgreeWithTheirReferenceAtEveryLengthAndStart) {
    RandomBytes random;
    const auto bytes = random.bytes(700);
    for (std::size_t size = 0; size <= 600; ++size) {
        const auto input = std::span(bytes).subspan(random.below(100), size);
        ASSERT_EQ(hex_of<Sha256Hasher>(input), by_openssl(EVP_sha256(), input)) << size;
        ASSERT_EQ(encode_hex(sha256(input).view()), by_openssl(EVP_sha256(), input)) << size;
        ASSERT_EQ(hex_of<Md5Hasher>(input), by_openssl(EVP_md5(), input)) << size;
        ASSERT_EQ(hex_of<Crc32cHasher>(input),
                  encode_hex(crc32c_from(reference_crc32c(input)).view()))
            << size;
    }
}

template <class Hasher>
class HasherTest : public testing::Test {};
using AllHashers = testing::Types<Sha256Hasher, Md5Hasher, Crc32cHasher, Crc64NvmeHasher>;
TYPED_TEST_SUITE(HasherTest, AllHashers);

TYPED_TEST(HasherTest, DoesNotDependOnHowItIsSplit) {
    RandomBytes random;
    const auto bytes = random.bytes(50000);
    const std::string whole = hex_of<TypeParam>(std::span<const std::byte>(bytes));
    for (int round = 0; round < 20; ++round) {
        TypeParam hasher;
        for (const auto piece : random.split(bytes)) {
            hasher.update(piece);
        }
        ASSERT_EQ(encode_hex(hasher.finish().view()), whole);
    }
}

TYPED_TEST(HasherTest, BeginsAnewAfterFinish) {
    TypeParam hasher;
    hasher.update(bytes_of("first"));
    EXPECT_EQ(encode_hex(hasher.finish().view()), hex_of<TypeParam>("first"));
    hasher.update(bytes_of("second"));
    EXPECT_EQ(encode_hex(hasher.finish().view()), hex_of<TypeParam>("second"));
    EXPECT_EQ(encode_hex(hasher.finish().view()), hex_of<TypeParam>(""));
}

TYPED_TEST(HasherTest, KeepsItsStateWhenMoved) {
    TypeParam hasher;
    hasher.update(bytes_of("one "));
    TypeParam moved(std::move(hasher));
    moved.update(bytes_of("two"));
    hasher = std::move(moved);
    EXPECT_EQ(encode_hex(hasher.finish().view()), hex_of<TypeParam>("one two"));
}

}  // namespace
}  // namespace slipway::hash
