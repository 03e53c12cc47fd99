// SeededWorld: a store with trouble on the way to it, as a seed decides: for the fake, its faults;
// for a real one, connections that are cut anywhere.
#pragma once

#include <memory>

#include "stores/s3_store_rig.hpp"

namespace slipway::stores {

class SeededWorld {
 public:
    virtual ~SeededWorld() = default;
    virtual StoreRig& rig() = 0;
    // Until it is calm again; client() of the rig has none of it.
    virtual void trouble(std::uint64_t seed) = 0;
    virtual void calm() = 0;
    // Whether the store can have a request broken off. Garage forgets the part that it has then
    // (docs/decisions/0011), whoever sends it.
    virtual bool may_break_off() const { return true; }
    // How often something went wrong.
    virtual unsigned faults() = 0;
};

// Over the store that S3Target names.
std::unique_ptr<SeededWorld> make_seeded_world();
bool is_over_the_fake();

}  // namespace slipway::stores
