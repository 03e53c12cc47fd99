#include "engine/signing_keys.hpp"

#include <gtest/gtest.h>

#include "engine/access/own_ring.hpp"
#include "engine/part_grant.hpp"
#include "support/engine_rig.hpp"

namespace slipway::engine {
namespace {

using namespace std::chrono_literals;

Task<Result<>> note(RingKeys& kept, const bool& fails, RingKeys keys) {
    if (fails) {
        co_return failure(Errc::storage_full, "no room");
    }
    kept = std::move(keys);
    co_return Result<>();
}

class SigningKeysTest : public ::testing::Test {
 protected:
    SigningKeysTest() : ring_(std::make_shared<SigningKeyRing>(first_ring())) {}

    RingKeys first_ring() {
        return {{SigningKeys::make_key(rig_.random), rig_.clock.wall(), std::nullopt}};
    }
    PartClaims claims_now() const {
        PartClaims claims;
        claims.number = PartNumber(1);
        claims.expires_at = unix_seconds(rig_.clock.wall()) + 3600;
        claims.key_id = signer_.key_id();
        return claims;
    }
    bool verifies(const PartClaims& claims, const std::string& signature) const {
        return signer_.verify(claims, signature, rig_.clock.wall()).has_value();
    }

    testing::EngineRig rig_;
    std::shared_ptr<SigningKeyRing> ring_;
    RingKeys kept_;
    bool fails_ = false;
    OwnRing keeper_{{.ring = *ring_, .random = rig_.random, .keep = [this](RingKeys keys) {
                         return note(kept_, fails_, keys);
                     }}};
    SigningKeys keys_{{.ring = *ring_, .keeper = keeper_, .clock = rig_.clock, .overlap = 3600s}};
    PartSigner signer_{std::shared_ptr<const SigningKeyRing>(ring_)};
};

TEST_F(SigningKeysTest, ANewKeySignsAndTheOldOneVerifiesUntilItsUrlsAreOver) {
    const auto old = claims_now();
    const auto signature = signer_.sign(old);
    const auto made = rig_.run(keys_.rotate({}));
    ASSERT_TRUE(made);
    EXPECT_NE(made->key.id, old.key_id);
    EXPECT_EQ(signer_.key_id(), made->key.id);
    EXPECT_TRUE(verifies(old, signature));
    auto late = old;
    late.expires_at += 7200;
    const auto late_signature = signer_.sign(late);
    rig_.clock.advance(3599s);
    EXPECT_TRUE(verifies(old, signature));
    EXPECT_TRUE(verifies(late, late_signature));
    rig_.clock.advance(1s);
    EXPECT_FALSE(verifies(late, late_signature)) << "its overlap is over";
    EXPECT_EQ(kept_.size(), 2U);
    ASSERT_TRUE(rig_.run(keys_.rotate({})));
    EXPECT_EQ(kept_.size(), 2U) << "a key that verifies nothing is left out";
}

TEST_F(SigningKeysTest, ARevokedKeyVerifiesNothingAtOnce) {
    const auto old = claims_now();
    const auto signature = signer_.sign(old);
    ASSERT_TRUE(rig_.run(keys_.rotate({})));
    const auto young = claims_now();
    const auto young_signature = signer_.sign(young);
    ASSERT_TRUE(rig_.run(keys_.revoke({}, old.key_id)));
    EXPECT_FALSE(verifies(old, signature));
    EXPECT_TRUE(verifies(young, young_signature));
    EXPECT_EQ(kept_.size(), 1U);
    EXPECT_EQ(rig_.run(keys_.revoke({}, old.key_id)).error().reason, Reason::key_not_found);
}

TEST_F(SigningKeysTest, RevokingTheKeyThatSignsMakesAnother) {
    const auto old = claims_now();
    const auto signature = signer_.sign(old);
    ASSERT_TRUE(rig_.run(keys_.revoke({}, old.key_id)));
    EXPECT_FALSE(verifies(old, signature));
    EXPECT_NE(signer_.key_id(), old.key_id);
    const auto young = claims_now();
    EXPECT_TRUE(verifies(young, signer_.sign(young)));
    EXPECT_EQ(signer_.sign(old), "");
    EXPECT_FALSE(verifies(old, ""));
}

TEST_F(SigningKeysTest, WhatCouldNotBeKeptDoesNotCount) {
    const std::string id = signer_.key_id();
    fails_ = true;
    EXPECT_FALSE(rig_.run(keys_.rotate({})));
    EXPECT_FALSE(rig_.run(keys_.revoke({}, id)));
    EXPECT_EQ(signer_.key_id(), id);
    fails_ = false;
    EXPECT_TRUE(rig_.run(keys_.rotate({})));
}

}  // namespace
}  // namespace slipway::engine
