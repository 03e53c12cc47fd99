#include "daemon/cluster/ring_identity.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_shared_state.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::daemon {
namespace {

using runtime::run_blocking;

engine::RingKeys ring_of(std::initializer_list<const char*> ids) {
    engine::RingKeys keys;
    for (const char* id : ids) {
        keys.push_back({.key = {.id = id, .secret = {std::byte{1}}},
                        .created_at = {},
                        .verifies_until = std::nullopt});
    }
    return keys;
}

Task<Result<>> look(std::string& seen, ports::SharedState& state, Result<> outcome) {
    seen = *co_await state.word("signers");
    co_return outcome;
}

class RingIdentity : public testing::Test {
 protected:
    bool by_secret(const char* fingerprint) {
        return judged(run_blocking(claim_by_secret(state_, fingerprint)));
    }
    bool by_ring(std::initializer_list<const char*> ids) {
        return judged(run_blocking(claim_by_ring(state_, ring_of(ids))));
    }
    std::string word() { return *run_blocking(state_.word("signers")); }

    adapters::memory::ManualClock clock_;
    adapters::memory::MemorySharedState state_{clock_};

 private:
    static bool judged(const Result<>& claimed) {
        EXPECT_TRUE(claimed || (claimed.error().code == Errc::invalid &&
                                claimed.error().detail.contains("auth.cluster_secret_file")));
        return claimed.has_value();
    }
};

TEST_F(RingIdentity, ServersWithOneSecretAreLetIn) {
    EXPECT_TRUE(by_secret("one"));
    EXPECT_TRUE(by_secret("one"));
    EXPECT_FALSE(by_secret("other"));
    EXPECT_FALSE(by_ring({"a"}));
    EXPECT_TRUE(by_secret("one"));
}

TEST_F(RingIdentity, AServerWithARingOfItsOwnIsAlone) {
    EXPECT_TRUE(by_ring({"a"}));
    EXPECT_FALSE(by_ring({"b"}));
    EXPECT_TRUE(by_ring({"a", "c"})) << "as after a change that was not noted to its end";
    EXPECT_TRUE(by_ring({"c"}));
    EXPECT_FALSE(by_ring({"a"})) << "what was revoked does not count any more";
    EXPECT_TRUE(by_secret("one"));
    EXPECT_FALSE(by_ring({"c"}));
}

TEST_F(RingIdentity, AChangeIsNotedBeforeItIsKept) {
    ASSERT_TRUE(by_ring({"a"}));
    std::string seen;
    ASSERT_TRUE(run_blocking(
        keep_claimed(state_, ring_of({"a"}), ring_of({"a", "b"}), look(seen, state_, Result<>()))));
    EXPECT_EQ(seen, "ring a b");
    ASSERT_TRUE(run_blocking(
        keep_claimed(state_, ring_of({"a", "b"}), ring_of({"c"}), look(seen, state_, Result<>()))));
    EXPECT_EQ(seen, "ring a b c");
    EXPECT_EQ(word(), "ring c");
    EXPECT_FALSE(run_blocking(keep_claimed(state_, ring_of({"c"}), ring_of({"d"}),
                                           look(seen, state_, failure(Errc::storage_full, "")))));
    EXPECT_EQ(word(), "ring c d") << "the server starts with either";
    EXPECT_FALSE(run_blocking(
        keep_claimed(state_, ring_of({"x"}), ring_of({"y"}), look(seen, state_, Result<>()))));
}

}  // namespace
}  // namespace slipway::daemon
