// Sweep: expires uploads whose time has come, and forgets ended ones whose answer need not be
// replayed any more.
#pragma once

#include <cstddef>

#include "engine/world.hpp"

namespace slipway::engine {

struct SweepResult {
    std::size_t expired = 0;
    std::size_t forgotten = 0;
};

class Sweep {
 public:
    explicit Sweep(World& world) : world_(world) {}

    // One pass over all uploads. What fails is logged and tried again in the next pass.
    Task<SweepResult> run();

 private:
    Task<std::size_t> expire_due();
    Task<std::size_t> forget_old(core::UploadState state);

    World& world_;
};

}  // namespace slipway::engine
