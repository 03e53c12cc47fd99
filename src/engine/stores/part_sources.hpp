// PartSources: reads acknowledged parts back out of the staged blobs of an upload. Of one that is
// completing, a store that does not read what is staged makes a published blob of the parts that it
// has, which is the same each time; nothing can be added to it any more.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "engine/world.hpp"

namespace slipway::engine {

class PartSources {
 public:
    PartSources(World& world, core::Upload upload, std::vector<core::Part> parts)
        : world_(world), upload_(std::move(upload)), parts_(std::move(parts)) {}

    struct Place {
        std::shared_ptr<ports::BlobReader> reader;
        ByteOffset offset;
    };
    // Where this blob has the part. Precondition: it does. unsupported: its store does not read
    // what is staged, and the upload is not completing.
    Task<Result<Place>> find(std::uint32_t blob, PartNumber number);

 private:
    struct Source {
        std::shared_ptr<ports::BlobReader> reader;
        // Where parts lie one behind the other, rather than as the plan says.
        std::map<PartNumber, ByteOffset> places;
    };
    Task<Result<Source>> open(std::uint32_t blob);
    Task<Result<std::shared_ptr<ports::BlobReader>>> publish(std::uint32_t blob,
                                                             std::vector<core::Part> parts);
    std::vector<core::Part> parts_in(std::uint32_t blob) const;

    World& world_;
    const core::Upload upload_;
    const std::vector<core::Part> parts_;
    std::map<std::uint32_t, Source> open_;
};

}  // namespace slipway::engine
