#include "engine/part_grant.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace slipway::engine {
namespace {

constexpr WallTime kNow = from_unix_millis(1'000'000'000);

PartSigner signer(std::byte secret = std::byte{1}, std::string id = "k1") {
    return PartSigner(SigningKey{std::move(id), {secret}});
}

PartClaims claims() {
    PartClaims claims;
    claims.method = "PUT";
    claims.host = "example.org";
    claims.path = "/upload/x/part/3";
    claims.upload = *UploadId::parse("00112233445566778899aabbccddeeff");
    claims.number = PartNumber(3);
    claims.length = {4096_B, 4096_B};
    claims.expires_at = unix_seconds(kNow) + 10;
    claims.key_id = "k1";
    return claims;
}

TEST(PartSigner, AGrantCarriesItsClaims) {
    const auto grant = signer().verify(claims(), signer().sign(claims()), kNow);
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->upload(), claims().upload);
    EXPECT_EQ(grant->number(), PartNumber(3));
    EXPECT_EQ(grant->epoch(), core::kFirstEpoch);
    EXPECT_TRUE(grant->length().admits(4096_B));
}

TEST(PartSigner, EveryClaimIsBound) {
    const std::string signature = signer().sign(claims());
    const std::vector<std::function<void(PartClaims&)>> changes = {
        [](auto& c) { c.method = "POST"; },
        [](auto& c) { c.host = "example.com"; },
        [](auto& c) { c.path = "/upload/x/part/4"; },
        [](auto& c) { c.upload = *UploadId::parse("10112233445566778899aabbccddeeff"); },
        [](auto& c) { ++c.epoch; },
        [](auto& c) { c.number = PartNumber(4); },
        [](auto& c) { c.length.least = 1_B; },
        [](auto& c) { c.length.most = 4097_B; },
        [](auto& c) { ++c.expires_at; },
        [](auto& c) { c.key_id = "k2"; },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        PartClaims changed = claims();
        changes[i](changed);
        const auto denied = signer().verify(changed, signature, kNow);
        ASSERT_FALSE(denied) << "change " << i;
        EXPECT_EQ(denied.error(), Denial::invalid_signature);
    }
}

TEST(PartSigner, ASignatureOfAnotherKeyOrOfNoneIsRefused) {
    EXPECT_FALSE(signer().verify(claims(), signer(std::byte{2}).sign(claims()), kNow));
    EXPECT_FALSE(signer().verify(claims(), "", kNow));
    std::string altered = signer().sign(claims());
    for (std::size_t i = 0; i < altered.size(); ++i) {
        const char kept = altered[i];
        altered[i] = kept == 'A' ? 'B' : 'A';
        EXPECT_FALSE(signer().verify(claims(), altered, kNow)) << i;
        altered[i] = kept;
    }
    EXPECT_FALSE(signer().verify(claims(), altered + "A", kNow));
    EXPECT_FALSE(signer().verify(claims(), altered.substr(1), kNow));
}

TEST(PartSigner, AGrantEndsAtItsTime) {
    const std::string signature = signer().sign(claims());
    EXPECT_TRUE(signer().verify(claims(), signature, kNow + std::chrono::milliseconds(9999)));
    const auto late = signer().verify(claims(), signature, kNow + std::chrono::seconds(10));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error(), Denial::expired);
}

}  // namespace
}  // namespace slipway::engine
