// PartsReader: the bytes of parts one behind the other, each read where a copy of it can be had.
#pragma once

#include <vector>

#include "engine/stores/part_sources.hpp"

namespace slipway::engine {

// One call at a time. Reads answer unavailable where the stores that have a part are down.
class PartsReader final : public ports::BlobReader {
 public:
    // The parts are in order.
    PartsReader(World& world, core::Upload upload, std::vector<core::Part> parts);

    ByteCount size() const override { return size_; }
    Task<Result<std::size_t>> read_at(ByteOffset offset, std::span<std::byte> out) override;
    std::optional<int> descriptor() const override { return std::nullopt; }
    Task<std::optional<std::string>> direct_url(ports::DirectDownload) override {
        co_return std::nullopt;
    }

 private:
    std::optional<std::uint32_t> blob_of(const core::Part& part) const;

    World& world_;
    const core::Upload upload_;
    const std::vector<core::Part> parts_;
    PartSources sources_;
    std::vector<ByteOffset> starts_;
    ByteCount size_;
};

}  // namespace slipway::engine
