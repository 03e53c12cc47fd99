#include "engine/access/shared_ring.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_shared_state.hpp"
#include "base/encoding.hpp"
#include "engine/part_grant.hpp"
#include "engine/signing_keys.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::engine {
namespace {

using namespace std::chrono_literals;
using runtime::run_blocking;

constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";

// A server of the cluster.
struct Server {
    Server(ports::SharedState& state, adapters::memory::ManualClock& clock_of_all)
        : keeper(state, kSecret),
          ring(std::make_shared<SigningKeyRing>(*run_blocking(keeper.open(clock_of_all.wall())))),
          keys({.ring = *ring, .keeper = keeper, .clock = clock_of_all, .overlap = 3600s}),
          signer(std::shared_ptr<const SigningKeyRing>(ring)),
          clock(clock_of_all) {}

    PartClaims claims() const {
        PartClaims claims;
        claims.number = PartNumber(1);
        claims.expires_at = unix_seconds(clock.wall()) + 1800;
        claims.key_id = signer.key_id();
        return claims;
    }
    bool takes(const PartClaims& claims, const std::string& signature) const {
        return signer.verify(claims, signature, clock.wall()).has_value();
    }
    void look() { ring->replace(*run_blocking(keeper.load(clock.wall()))); }

    SharedRing keeper;
    std::shared_ptr<SigningKeyRing> ring;
    SigningKeys keys;
    PartSigner signer;
    adapters::memory::ManualClock& clock;
};

class SharedRingTest : public testing::Test {
 protected:
    adapters::memory::ManualClock clock_;
    adapters::memory::MemorySharedState state_{clock_};
    Server a_{state_, clock_};
    Server b_{state_, clock_};
};

// They are the URLs that are out there: another derivation would refuse them all.
TEST_F(SharedRingTest, AKeyIsWhatItsNumberAndTheSecretMakeIt) {
    EXPECT_EQ(encode_hex(a_.keeper.derive(1).secret), encode_hex(b_.keeper.derive(1).secret));
    EXPECT_NE(a_.keeper.derive(1).secret, a_.keeper.derive(2).secret);
    const SharedRing other(state_, "another secret of thirty-two characters");
    EXPECT_NE(a_.keeper.derive(1).secret, other.derive(1).secret);
    EXPECT_NE(a_.keeper.fingerprint(), other.fingerprint());
    EXPECT_EQ(a_.keeper.fingerprint(), b_.keeper.fingerprint());
    EXPECT_FALSE(encode_hex(a_.keeper.derive(1).secret).contains(a_.keeper.fingerprint()));
}

TEST_F(SharedRingTest, WhatOneHasSignedTheOtherTakes) {
    const auto claims = a_.claims();
    EXPECT_TRUE(b_.takes(claims, a_.signer.sign(claims)));
    auto changed = claims;
    changed.number = PartNumber(2);
    EXPECT_FALSE(b_.takes(changed, a_.signer.sign(claims)));
}

TEST_F(SharedRingTest, AKeyOfWhichTheOtherHasNotHeardYetIsTaken) {
    for (std::uint32_t rotation = 1; rotation <= SharedRing::kAhead; ++rotation) {
        ASSERT_TRUE(run_blocking(a_.keys.rotate({})));
        const auto claims = a_.claims();
        EXPECT_TRUE(b_.takes(claims, a_.signer.sign(claims))) << rotation;
    }
    EXPECT_NE(a_.signer.key_id(), b_.signer.key_id());
    b_.look();
    EXPECT_EQ(a_.signer.key_id(), b_.signer.key_id());
    auto forged = a_.claims();
    forged.key_id = a_.keeper.derive(5).id;
    EXPECT_FALSE(b_.takes(forged, "AAAA"));
}

TEST_F(SharedRingTest, ARevokedKeyIsRefusedOnceTheOtherHasLooked) {
    const auto old = a_.claims();
    const auto signature = a_.signer.sign(old);
    ASSERT_TRUE(run_blocking(a_.keys.revoke({}, old.key_id)));
    EXPECT_FALSE(a_.takes(old, signature));
    b_.look();
    EXPECT_FALSE(b_.takes(old, signature));
    const auto young = a_.claims();
    EXPECT_NE(young.key_id, old.key_id);
    EXPECT_TRUE(b_.takes(young, a_.signer.sign(young)));
    EXPECT_EQ(run_blocking(b_.keys.revoke({}, old.key_id)).error().reason, Reason::key_not_found);
    EXPECT_EQ(a_.keys.list().size(), 1U);
}

TEST_F(SharedRingTest, AnOlderKeyIsRevokedAlone) {
    const auto old = a_.claims();
    const auto signature = a_.signer.sign(old);
    ASSERT_TRUE(run_blocking(a_.keys.rotate({})));
    const auto young = a_.claims();
    EXPECT_TRUE(a_.takes(old, signature));
    ASSERT_TRUE(run_blocking(b_.keys.revoke({}, old.key_id)));
    EXPECT_FALSE(b_.takes(old, signature));
    EXPECT_TRUE(b_.takes(young, a_.signer.sign(young)));
}

TEST_F(SharedRingTest, ARotatedKeyVerifiesUntilItsUrlsAreOver) {
    const auto old = a_.claims();
    const auto signature = a_.signer.sign(old);
    ASSERT_TRUE(run_blocking(a_.keys.rotate({})));
    b_.look();
    EXPECT_TRUE(b_.takes(old, signature));
    clock_.advance(3600s);
    EXPECT_FALSE(b_.takes(old, signature));
}

}  // namespace
}  // namespace slipway::engine
