#include "engine/access/key_ring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_api_keys.hpp"
#include "adapters/memory/seeded_random.hpp"
#include "hash/digester.hpp"
#include "runtime/run_blocking.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {
namespace {

using core::Scope;
using core::Scopes;
using std::chrono::minutes;
using std::chrono::seconds;

template <class T>
T run(Task<T> task) {
    return runtime::run_blocking(std::move(task));
}

// Fails with `code`, after it has done what it was asked to where `done` is set.
class FailingKeys final : public ports::ApiKeys {
 public:
    explicit FailingKeys(ports::ApiKeys& inner) : inner_(inner) {}
    Task<Result<>> create_key(core::ApiKey key) override {
        co_return code ? Result<>(failure(*code, "injected"))
                       : co_await inner_.create_key(std::move(key));
    }
    Task<Result<ports::KeyPage>> list_keys(ports::KeyPageRequest page) override {
        co_return co_await inner_.list_keys(page);
    }
    Task<Result<core::ApiKey>> revoke_key(KeyId id, WallTime when) override {
        if (code) {
            co_return failure(*code, "injected");
        }
        co_return co_await inner_.revoke_key(id, when);
    }
    Task<Result<>> note_key_uses(std::vector<ports::KeyUse> uses) override {
        ++notes;
        noted += uses.size();
        co_return co_await inner_.note_key_uses(std::move(uses));
    }
    std::optional<Errc> code;
    int notes = 0;
    std::size_t noted = 0;

 private:
    ports::ApiKeys& inner_;
};

class KeyRingTest : public testing::Test {
 protected:
    KeyRingTest() { telemetry::set_log_level(telemetry::Level::off); }

    IssuedKey issue(Scopes scopes = {Scope::read}, std::optional<seconds> expires_in = {}) {
        auto issued = run(ring_.issue("test", {"alice", scopes, expires_in}));
        EXPECT_TRUE(issued);
        return *issued;
    }
    core::ApiKey stored(KeyId id) {
        for (const auto& key : run(store_.list_keys({}))->items) {
            if (key.id == id) {
                return key;
            }
        }
        ADD_FAILURE() << "not stored";
        return {};
    }

    adapters::memory::ManualClock clock_;
    adapters::memory::SeededRandom random_{7};
    adapters::memory::MemoryApiKeys memory_;
    FailingKeys store_{memory_};
    const Sha256 administrator_ = hash::sha256(std::as_bytes(std::span(std::string_view("root"))));
    KeyRing ring_{administrator_, store_, clock_, random_};
};

TEST_F(KeyRingTest, TheAdministratorsKeyMayDoEverything) {
    const auto principal = ring_.verify("root");
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->name(), "admin");
    EXPECT_EQ(principal->scopes(), Scopes::all());
    EXPECT_FALSE(principal->key());
    EXPECT_FALSE(ring_.verify("Root"));
    EXPECT_FALSE(ring_.verify(""));
}

TEST_F(KeyRingTest, AnIssuedKeyIsItsPrincipalWithItsScopesOnly) {
    const auto issued = issue({Scope::upload, Scope::read});
    const auto principal = ring_.verify(issued.text);
    ASSERT_TRUE(principal);
    EXPECT_EQ(principal->name(), "alice");
    EXPECT_EQ(principal->key(), issued.key.id);
    EXPECT_TRUE(principal->may(Scope::upload));
    EXPECT_TRUE(principal->may(Scope::read));
    EXPECT_FALSE(principal->may(Scope::remove));
    EXPECT_FALSE(principal->may(Scope::admin));
}

TEST_F(KeyRingTest, OnlyTheDigestIsStored) {
    const auto issued = issue();
    const auto record = stored(issued.key.id);
    EXPECT_EQ(record, issued.key);
    EXPECT_EQ(record.digest, hash::sha256(std::as_bytes(std::span(issued.text))));
}

TEST_F(KeyRingTest, TheRightIdWithAnotherSecretIsNoKey) {
    const auto first = issue();
    const auto second = issue();
    EXPECT_NE(first.text, second.text);
    constexpr std::size_t kSecretAt = 4 + 32 + 1;
    EXPECT_FALSE(ring_.verify(first.text.substr(0, kSecretAt) + second.text.substr(kSecretAt)));
    EXPECT_FALSE(ring_.verify(first.text + " "));
    EXPECT_FALSE(ring_.verify(first.text.substr(1)));
}

TEST_F(KeyRingTest, KeysAreKnownAfterARestart) {
    const auto kept = issue();
    const auto revoked = issue();
    ASSERT_TRUE(run(ring_.revoke("test", revoked.key.id)));
    KeyRing next(administrator_, store_, clock_, random_);
    EXPECT_FALSE(next.verify(kept.text));
    ASSERT_TRUE(run(next.load()));
    EXPECT_TRUE(next.verify(kept.text));
    EXPECT_FALSE(next.verify(revoked.text));
}

TEST_F(KeyRingTest, WhatAnotherServerIssuesAndRevokesCountsOnceItIsLoaded) {
    KeyRing other(administrator_, store_, clock_, random_);
    const auto issued = issue();
    EXPECT_FALSE(other.verify(issued.text));
    ASSERT_TRUE(run(other.load()));
    clock_.advance(minutes(2));
    EXPECT_TRUE(other.verify(issued.text));
    ASSERT_TRUE(run(ring_.revoke("test", issued.key.id)));
    ASSERT_TRUE(run(other.load()));
    EXPECT_FALSE(other.verify(issued.text));
    EXPECT_EQ(other.list({}).items.front().last_used_at, clock_.wall())
        << "which is not written yet";
}

TEST_F(KeyRingTest, LoadingLetsNobodyInWhoWasShutOut) {
    const auto issued = issue();
    store_.code = Errc::outcome_unknown;
    EXPECT_FALSE(run(ring_.revoke("test", issued.key.id)));
    ASSERT_TRUE(run(ring_.load()));
    EXPECT_FALSE(ring_.verify(issued.text));
}

TEST_F(KeyRingTest, AKeyEndsAtItsExpiry) {
    const auto issued = issue({Scope::read}, seconds(60));
    clock_.advance(seconds(59));
    EXPECT_TRUE(ring_.verify(issued.text));
    clock_.advance(seconds(1));
    EXPECT_FALSE(ring_.verify(issued.text));
}

TEST_F(KeyRingTest, ARevokedKeyIsShutOutAtOnceAndAgainIsNoError) {
    const auto issued = issue();
    ASSERT_TRUE(run(ring_.revoke("test", issued.key.id)));
    EXPECT_FALSE(ring_.verify(issued.text));
    const auto first = stored(issued.key.id).revoked_at;
    ASSERT_TRUE(first);
    clock_.advance(seconds(5));
    EXPECT_TRUE(run(ring_.revoke("test", issued.key.id)));
    EXPECT_EQ(stored(issued.key.id).revoked_at, first);
    EXPECT_EQ(ring_.list({}).items.front().revoked_at, first);
    const auto unknown = run(ring_.revoke("test", KeyId()));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().reason, Reason::key_not_found);
}

TEST_F(KeyRingTest, ARevocationOfUnknownOutcomeShutsOutAndOneThatFailedDoesNot) {
    const auto issued = issue();
    store_.code = Errc::unavailable;
    EXPECT_FALSE(run(ring_.revoke("test", issued.key.id)));
    EXPECT_TRUE(ring_.verify(issued.text));
    store_.code = Errc::outcome_unknown;
    EXPECT_FALSE(run(ring_.revoke("test", issued.key.id)));
    EXPECT_FALSE(ring_.verify(issued.text));
}

TEST_F(KeyRingTest, AKeyThatWasNotStoredIsNotAnswered) {
    store_.code = Errc::outcome_unknown;
    EXPECT_FALSE(run(ring_.issue("test", {"alice", {Scope::read}, {}})));
    EXPECT_TRUE(ring_.list({}).items.empty());
}

TEST_F(KeyRingTest, ListsInPages) {
    for (int i = 0; i < 5; ++i) {
        issue();
    }
    std::vector<KeyId> seen;
    ports::KeyPageRequest request{.after = std::nullopt, .limit = 2};
    do {
        const auto page = ring_.list(request);
        for (const auto& key : page.items) {
            seen.push_back(key.id);
        }
        request.after = page.next;
    } while (request.after);
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST_F(KeyRingTest, UsesAreWrittenLazily) {
    const auto issued = issue();
    issue();
    ASSERT_TRUE(run(ring_.write_uses()));
    EXPECT_EQ(store_.notes, 0) << "nothing was used";
    for (int i = 0; i < 100; ++i) {
        ring_.verify(issued.text);
    }
    EXPECT_EQ(store_.notes, 0) << "a request writes nothing";
    EXPECT_EQ(ring_.list({.after = {}, .limit = 9}).items.size(), 2U);
    ASSERT_TRUE(run(ring_.write_uses()));
    EXPECT_EQ(store_.notes, 1);
    EXPECT_EQ(stored(issued.key.id).last_used_at, clock_.wall());

    clock_.advance(seconds(59));
    ring_.verify(issued.text);
    ASSERT_TRUE(run(ring_.write_uses()));
    EXPECT_EQ(store_.notes, 1) << "the one on record is not old enough";
    clock_.advance(seconds(1));
    ring_.verify(issued.text);
    ASSERT_TRUE(run(ring_.write_uses()));
    EXPECT_EQ(store_.noted, 2U);
    EXPECT_EQ(stored(issued.key.id).last_used_at, clock_.wall());
}

TEST_F(KeyRingTest, ManyUsesAreWrittenInBoundedCommits) {
    constexpr std::size_t kKeys = 600;
    for (std::size_t i = 0; i < kKeys; ++i) {
        ring_.verify(issue().text);
    }
    ASSERT_TRUE(run(ring_.write_uses()));
    EXPECT_EQ(store_.noted, kKeys);
    EXPECT_EQ(store_.notes, 3);
}

TEST_F(KeyRingTest, WhoWasToldOfARevocationIsNotLetInWithTheKey) {
    for (int round = 0; round < 50; ++round) {
        const auto issued = issue();
        std::atomic<bool> revoked = false;
        std::jthread verifier([&] {
            bool told = false;
            while (!told) {
                told = revoked.load();
                EXPECT_FALSE(told && ring_.verify(issued.text));
                ring_.verify(issued.text);
            }
        });
        EXPECT_TRUE(run(ring_.revoke("test", issued.key.id)));
        revoked = true;
    }
}

}  // namespace
}  // namespace slipway::engine
