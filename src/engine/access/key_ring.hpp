// KeyRing: verifies API keys in memory, and issues and revokes them through the store. A key is as
// the store has it before anybody is told so: who was answered that a key is revoked knows that no
// later request gets in with it. When keys were used last is kept in memory and written now and
// then; a crash loses at most what came since.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "core/api_key.hpp"
#include "engine/access/principal.hpp"
#include "engine/outcome.hpp"
#include "ports/api_keys.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"

namespace slipway::engine {

// The name of the principal behind the administrator's key.
inline constexpr std::string_view kAdministrator = "admin";

struct NewKey {
    std::string principal;
    core::Scopes scopes;  // one at least; checked by the door, as the name is
    std::optional<std::chrono::seconds> expires_in;
};

struct IssuedKey {
    core::ApiKey key;
    std::string text;  // the key itself: told once, kept nowhere
};

class KeyRing {
 public:
    // A use is written when the one on record is older than this.
    static constexpr std::chrono::minutes kUseGranularity{1};

    // The administrator's key by its SHA-256: keys are long and random, so a fast hash is enough.
    // What is handed in outlives the ring.
    KeyRing(Sha256 administrator, ports::ApiKeys& store, ports::Clock& clock, ports::Random& random)
        : administrator_(administrator), store_(store), clock_(clock), random_(random) {}

    // Before anything else: reads all keys. Again where others change them as well: what they have
    // issued and revoked counts from then on.
    Task<Result<>> load();

    // Nothing for a key that is unknown, revoked or expired. Thread-safe; touches no disk.
    std::optional<Principal> verify(std::string_view presented) const;

    Task<Outcome<IssuedKey>> issue(telemetry::RequestTag request_id, NewKey wanted);
    // Idempotent. key_not_found.
    Task<Outcome<>> revoke(telemetry::RequestTag request_id, KeyId id);
    // In id order, with the uses of this moment.
    ports::KeyPage list(ports::KeyPageRequest page) const;

    // Writes the uses that the store does not know yet.
    Task<Result<>> write_uses();

 private:
    struct Entry {
        core::ApiKey key;
        mutable std::atomic<std::int64_t> used = kNever;  // in milliseconds since 1970
        std::int64_t written = kNever;
    };
    static constexpr std::int64_t kNever = INT64_MIN;

    void insert(core::ApiKey key);
    std::vector<ports::KeyUse> unwritten_uses() const;

    const Sha256 administrator_;
    ports::ApiKeys& store_;
    ports::Clock& clock_;
    ports::Random& random_;
    mutable std::shared_mutex mutex_;
    std::map<KeyId, Entry> keys_;
};

}  // namespace slipway::engine
