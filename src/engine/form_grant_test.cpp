#include "engine/form_grant.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace slipway::engine {
namespace {

const WallTime kNow = from_unix_millis(1'800'000'000'000);

class FormGrantTest : public ::testing::Test {
 protected:
    static UploadId id(std::uint8_t first) { return UploadId(UploadId::Bytes{first}); }

    FormSigner signer_{SigningKey{"k1", {std::byte{1}}}};
    FormClaims claims_{.host = "h:1",
                       .owner = "alice",
                       .file = id(7),
                       .max_size = 100_B,
                       .expires_at = unix_seconds(kNow) + 60,
                       .key_id = "k1"};
};

TEST_F(FormGrantTest, ASignedFormIsGranted) {
    const auto grant = signer_.verify(claims_, signer_.sign(claims_), kNow);
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->owner(), "alice");
    EXPECT_EQ(grant->file(), id(7));
    EXPECT_EQ(grant->max_size(), 100_B);
}

TEST_F(FormGrantTest, AnyOtherClaimIsRefused) {
    const std::string signature = signer_.sign(claims_);
    const std::vector<std::function<void(FormClaims&)>> changes = {
        [](FormClaims& c) { c.host = "h:2"; },
        [](FormClaims& c) { c.owner = "bob"; },
        [](FormClaims& c) { c.owner = "alice\n" + c.file.to_string(); },
        [](FormClaims& c) { c.file = id(8); },
        [](FormClaims& c) { c.max_size = 101_B; },
        [](FormClaims& c) { ++c.expires_at; },
        [](FormClaims& c) { c.key_id = "k2"; },
    };
    for (const auto& change : changes) {
        FormClaims changed = claims_;
        change(changed);
        EXPECT_EQ(signer_.verify(changed, signature, kNow).error(), Denial::invalid_signature);
    }
    for (const std::string& other : {std::string(), signature + "A", signature.substr(1)}) {
        EXPECT_EQ(signer_.verify(claims_, other, kNow).error(), Denial::invalid_signature);
    }
    const FormSigner stranger{SigningKey{"k1", {std::byte{2}}}};
    EXPECT_EQ(signer_.verify(claims_, stranger.sign(claims_), kNow).error(),
              Denial::invalid_signature);
}

TEST_F(FormGrantTest, ItEndsAtItsTime) {
    const std::string signature = signer_.sign(claims_);
    EXPECT_TRUE(signer_.verify(claims_, signature, kNow + std::chrono::milliseconds(59'999)));
    EXPECT_EQ(signer_.verify(claims_, signature, kNow + std::chrono::seconds(60)).error(),
              Denial::expired);
}

}  // namespace
}  // namespace slipway::engine
