// SigningKeys: what an administrator does with the keys of signed URLs: a new one, a look, and one
// less. A change is kept before it counts, so that a restart cannot bring back what was revoked; a
// crash in between leaves a key that has signed nothing, or one that was not yet said to be
// revoked.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "engine/access/ring_keeper.hpp"
#include "engine/outcome.hpp"
#include "engine/signing_key_ring.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class SigningKeys {
 public:
    struct Means {
        SigningKeyRing& ring;
        RingKeeper& keeper;
        ports::Clock& clock;
        // How long what a key has signed is valid.
        std::chrono::seconds overlap{3600};
    };
    explicit SigningKeys(Means means) : means_(std::move(means)) {}

    // A key with random bytes, and the id that its bytes have.
    static SigningKey make_key(ports::Random& random);
    static std::string id_of(const SigningKey& key);

    RingKeys list() const { return means_.ring.ring()->keys; }
    // The new key. busy: another change is being made.
    Task<Outcome<RingKey>> rotate(RequestContext context);
    // What it has signed is worth nothing from now on. Of the key that signs, a new one takes the
    // place. key_not_found: there is none of this id.
    Task<Outcome<>> revoke(RequestContext context, std::string id);

 private:
    Means means_;
    std::atomic<bool> changing_{false};
};

}  // namespace slipway::engine
