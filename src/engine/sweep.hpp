// Sweep: expires uploads and temporary files whose time has come, and forgets ended uploads whose
// answer need not be replayed any more.
#pragma once

#include <cstddef>

#include "engine/world.hpp"

namespace slipway::engine {

struct SweepResult {
    std::size_t expired = 0;
    std::size_t forgotten = 0;
    std::size_t files = 0;  // temporary ones that nobody claimed
};

class Sweep {
 public:
    explicit Sweep(World& world) : world_(world) {}

    // One pass over all of them. What fails is logged and tried again in the next pass.
    Task<SweepResult> run();

 private:
    Task<std::size_t> expire_due();
    Task<std::size_t> forget_old(core::UploadState state);
    Task<std::size_t> expire_files();
    // The record first, then the blob: a crash between the two leaves an orphan. False: it stays.
    Task<bool> expire_file(UploadId id, WallTime now);

    World& world_;
};

}  // namespace slipway::engine
