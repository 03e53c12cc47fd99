// PartBlobs: into which blobs of its upload a part is written: as many as there are to be replicas,
// in stores that can be reached. Where too few are left, another blob is made in another store and
// recorded, before anything of the part is.
//
//   blob in the other store → its record in the upload → parts in it
//
// A crash after the first leaves a blob that no record names; the collection of orphans finds it,
// or the next part takes its place.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/world.hpp"

namespace slipway::engine {

class PartBlobs {
 public:
    explicit PartBlobs(World& world) : world_(world) {}

    // Positions in upload.blobs, which may have grown: `upload` is then as it is on record. None of
    // those that have the part already. Fewer than the replicas where no other store is up.
    // unavailable: none at all. not_found: the upload has ended, or is of another epoch.
    Task<Result<std::vector<std::uint32_t>>> choose(core::Upload& upload,
                                                    std::vector<core::PartCopy> has);
    // Makes another blob, in a store that has none of the upload yet, and records it. False: no
    // other store takes it. The caller holds the turn to end the upload, which has not ended.
    Task<Result<bool>> add_blob(core::Upload& upload);

 private:
    std::vector<std::uint32_t> usable(const core::Upload& upload,
                                      const std::vector<core::PartCopy>& has) const;
    bool is_store_left(const core::Upload& upload) const;
    Task<Result<core::Upload>> find_again(const core::Upload& seen);
    Task<Result<std::string>> create_in(ports::Store& store, const core::Upload& upload);

    World& world_;
};

}  // namespace slipway::engine
