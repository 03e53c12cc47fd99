// PartSinks: one attempt to write one part, into several blobs at once. What fails on the way is
// left behind as long as another goes on.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/place_claim.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class PartSinks {
 public:
    // The world outlives it.
    PartSinks(World& world, core::Upload upload) : world_(world), upload_(std::move(upload)) {}

    // Each with the error of the last that failed, where none is left. As ports::PartSink.
    Task<Result<>> open(std::vector<std::uint32_t> blobs, ports::PartRegion region,
                        PartPlace place);
    Task<Result<>> write(std::span<const std::byte> bytes);
    // Where it is durable now, in the order of the blobs.
    Task<Result<std::vector<core::PartCopy>>> commit();

 private:
    struct One {
        std::uint32_t blob = 0;
        std::unique_ptr<ports::PartSink> sink;
    };
    std::string_view store_of(std::uint32_t blob) const;
    // What is told where nothing is left of them.
    void note(std::uint32_t blob, const Error& error);

    World& world_;
    const core::Upload upload_;
    std::vector<One> sinks_;
    Error last_{Errc::unavailable, "the part is written nowhere"};
};

}  // namespace slipway::engine
