#include "api/digest_fields.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <utility>

#include "base/encoding.hpp"

namespace slipway::api {
namespace {

// Digests of the empty text.
constexpr auto kSha256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
constexpr auto kMd5 = "1B2M2Y8AsgTpgAmY7PhCfg==";

std::expected<StatedDigests, std::string> read(
    std::initializer_list<std::pair<std::string, std::string>> lines) {
    http::Headers headers;
    for (const auto& [name, value] : lines) {
        headers.add(name, value);
    }
    return stated_digests(headers);
}

TEST(DigestFields, EveryFieldIsUnderstood) {
    const std::string sha = kSha256;
    EXPECT_EQ(encode_base64(read({{"Content-MD5", kMd5}})->md5->view()), kMd5);
    EXPECT_EQ(encode_base64(read({{"content-digest", "sha-256=:" + sha + ":"}})->sha256->view()),
              kSha256);
    EXPECT_EQ(encode_base64(read({{"Repr-Digest", "sha-256=:" + sha + ":"}})->sha256->view()),
              kSha256);
    EXPECT_EQ(encode_base64(read({{"X-Checksum-SHA256", sha}})->sha256->view()), kSha256);
    EXPECT_EQ(encode_base64(read({{"x-checksum-crc32c", "AAAAAA=="}})->crc32c->view()), "AAAAAA==");
    EXPECT_EQ(encode_base64(read({{"x-checksum-crc64nvme", "AAAAAAAAAAA="}})->crc64nvme->view()),
              "AAAAAAAAAAA=");
    const auto both =
        read({{"Content-Digest", "sha-256=:" + sha + ":, md5=:" + kMd5 + ":,crc32c=:AAAAAA==:"}});
    ASSERT_TRUE(both);
    EXPECT_TRUE(both->sha256 && both->md5 && both->crc32c);
    EXPECT_FALSE(both->crc64nvme);
}

TEST(DigestFields, UnknownAlgorithmsAndOtherFieldsAreIgnored) {
    const auto stated = read({{"Content-Digest", "sha-512=:AAAA:"}, {"X-Other", "x"}});
    ASSERT_TRUE(stated);
    EXPECT_FALSE(stated->sha256 || stated->md5 || stated->crc32c || stated->crc64nvme);
}

TEST(DigestFields, WhatDoesNotParseIsNamed) {
    const std::string sha = kSha256;
    for (const auto& [name, value] : std::initializer_list<std::pair<std::string, std::string>>{
             {"Content-MD5", "d41d8cd98f00b204e9800998ecf8427e"},
             {"Content-MD5", ""},
             {"Content-MD5", kSha256},
             {"Content-Digest", sha},
             {"Content-Digest", ""},
             {"Content-Digest", "sha-256=" + sha},
             {"Content-Digest", "sha-256=:" + sha},
             {"Content-Digest", "sha-256=::"},
             {"Content-Digest", "SHA-256=:" + sha + ":"},
             {"Content-Digest", "sha-256=:" + sha + ":,"},
             {"Content-Digest", "sha-256=:" + sha + ":;q=1"},
             {"x-checksum-crc32c", "AAAA"},
             {"x-checksum-crc64nvme", "AAAAAAAAAAB="}}) {
        const auto stated = read({{name, value}});
        ASSERT_FALSE(stated) << name << ": " << value;
        EXPECT_EQ(stated.error(), name);
    }
}

TEST(DigestFields, AContradictionIsAnError) {
    const std::string sha = kSha256;
    EXPECT_TRUE(read({{"Content-Digest", "sha-256=:" + sha + ":"}, {"x-checksum-sha256", sha}}));
    const std::string zeros = encode_base64(Sha256().view());
    EXPECT_FALSE(read({{"Content-Digest", "sha-256=:" + sha + ":"}, {"x-checksum-sha256", zeros}}));
}

}  // namespace
}  // namespace slipway::api
