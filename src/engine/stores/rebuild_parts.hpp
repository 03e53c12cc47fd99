// RebuildParts: the records of parts worked out from what lies in the stores, for parts that were
// acknowledged and whose records may be lost. Each is read and hashed: what a record says is true
// of the bytes.
//
// A part that nobody acknowledged may be among them: its bytes were whole and had the digests that
// its client stated before the store was given the last of them. Nothing is recorded here.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "engine/world.hpp"

namespace slipway::engine {

// Whether all that there is to know of the upload's parts can be had back from its stores.
bool can_rebuild_parts(const Stores& stores, const core::Upload& upload);

class RebuildParts {
 public:
    // The upload can be rebuilt.
    RebuildParts(World& world, core::Upload upload) : world_(world), upload_(std::move(upload)) {}

    // The parts that lie there and are none of these, in order; of each only what the plan takes.
    // Where a part lies there with different bytes nobody can tell which of them were
    // acknowledged, and it is left out. Once.
    Task<Result<std::vector<core::Part>>> run(std::vector<core::Part> recorded);

 private:
    Task<Result<>> look_into(std::uint32_t blob);
    std::optional<PartNumber> number_of(const ports::FoundPiece& piece) const;
    Task<Result<PartDigests>> read(ports::Store& store, ports::BlobRef blob,
                                   ports::StoredPiece piece);
    void add(PartNumber number, ByteCount size, PartDigests digests, core::PartCopy copy);

    World& world_;
    const core::Upload upload_;
    std::set<PartNumber> recorded_;
    std::map<PartNumber, core::Part> found_;
    std::set<PartNumber> contradicted_;
};

}  // namespace slipway::engine
