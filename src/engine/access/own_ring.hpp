// OwnRing: the ring of a node that has its own keys: made of random bytes, and kept by this process
// alone.
#pragma once

#include <functional>

#include "engine/access/ring_keeper.hpp"
#include "ports/random.hpp"

namespace slipway::engine {

class OwnRing final : public RingKeeper {
 public:
    struct Means {
        const SigningKeyRing& ring;
        ports::Random& random;
        // Makes the ring durable.
        std::function<Task<Result<>>(RingKeys)> keep;
    };
    explicit OwnRing(Means means) : means_(std::move(means)) {}

    Task<Result<SigningRing>> add(WallTime now, WallTime until) override;
    Task<Result<SigningRing>> remove(std::string id, WallTime now) override;

 private:
    Task<Result<SigningRing>> keep(RingKeys keys);

    Means means_;
};

}  // namespace slipway::engine
