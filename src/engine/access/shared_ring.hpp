// SharedRing: the ring of the nodes of a cluster. What they share is a secret, which each was
// given, and the numbers of keys, which lie in the shared state: a key is derived from both, so
// that nobody who reads the state has a key, and a key that is made on one node is every node's.
//
// A node that has not yet heard of the newest numbers verifies what they have signed all the same:
// the next ones are derived ahead. Only nodes can have signed with them.
#pragma once

#include <cstdint>
#include <string>

#include "base/digest.hpp"
#include "engine/access/ring_keeper.hpp"
#include "ports/shared_state.hpp"

namespace slipway::engine {

class SharedRing final : public RingKeeper {
 public:
    // How many keys are derived ahead: rotations that may come between two looks at the state.
    static constexpr std::uint32_t kAhead = 3;

    // The state outlives it.
    SharedRing(ports::SharedState& state, std::string secret)
        : state_(state), secret_(std::move(secret)) {}

    // The ring as it is; the first key is made where there is none. For the start.
    Task<Result<SigningRing>> open(WallTime now);
    // The ring as it is.
    Task<Result<SigningRing>> load(WallTime now);
    Task<Result<SigningRing>> add(WallTime now, WallTime until) override;
    Task<Result<SigningRing>> remove(std::string id, WallTime now) override;

    // The key of a number: HKDF-SHA256 of the secret. Pure.
    SigningKey derive(std::uint32_t number) const;
    // What tells this secret from others and says nothing of it.
    std::string fingerprint() const;

 private:
    Result<SigningRing> ring_of(Result<ports::SigningNumbers> numbers) const;
    Sha256 derive_for(const std::string& purpose) const;

    ports::SharedState& state_;
    const std::string secret_;
};

}  // namespace slipway::engine
