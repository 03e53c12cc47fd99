// PlaceClaim: the right, among several servers, to write to the place that a store has for a part.
// Such a store keeps what came last, so that one attempt alone may write there, however late it
// does; every other keeps its bytes aside, waits for nobody, and is harmed by nobody. Which attempt
// is acknowledged is the catalog's matter, as ever.
//
//   claim (a row) → bytes to the place → the part's record          or, where another has it:
//   bytes aside → the part's record → moved to the place as the file is made
//
// A crash after the claim leaves it to nobody: whoever sends the part again keeps it aside.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/world.hpp"

namespace slipway::engine {

enum class PartPlace { common, aside };

class PlaceClaim {
 public:
    // For one attempt. The world outlives it.
    PlaceClaim(World& world, UploadId upload, PartNumber number)
        : world_(world), upload_(upload), number_(number) {}

    // Where this attempt may write the part in these blobs of its upload. Before its first byte,
    // once.
    Task<Result<PartPlace>> take(const core::Upload& upload, std::span<const std::uint32_t> blobs);
    // Of an attempt that certainly never committed: another one may have the place. After commit()
    // was begun it must not be called, whatever that answers: the store may get the bytes later.
    Task<void> let_go();

 private:
    ports::PartClaim claim() const { return {upload_, number_, owner_}; }

    World& world_;
    const UploadId upload_;
    const PartNumber number_;
    std::string owner_;  // empty: nothing was claimed
};

// A sink of the part there, where the store knows of more than one place.
Task<Result<std::unique_ptr<ports::PartSink>>> open_part_at(ports::Store& store,
                                                            ports::BlobRef blob,
                                                            ports::PartRegion region,
                                                            PartPlace place);

}  // namespace slipway::engine
