#include "engine/extents/extent_reader.hpp"

#include <utility>

#include "core/extent_map.hpp"
#include "engine/stores/parts_reader.hpp"

namespace slipway::engine {

namespace {

class ExtentReader final : public ports::BlobReader {
 public:
    ExtentReader(std::unique_ptr<ports::BlobReader> blob, core::ExtentMap extents)
        : blob_(std::move(blob)), extents_(std::move(extents)) {}

    ByteCount size() const override { return extents_.size(); }

    Task<Result<std::size_t>> read_at(ByteOffset offset, std::span<std::byte> out) override {
        if (offset.value() >= size().value() || out.empty()) {
            co_return std::size_t{0};
        }
        const core::Run run = extents_.run_at(offset, ByteCount(out.size()));
        co_return co_await blob_->read_at(run.from,
                                          out.first(static_cast<std::size_t>(run.length.value())));
    }

    std::optional<int> descriptor() const override { return std::nullopt; }
    Task<std::optional<std::string>> direct_url(ports::DirectDownload) override {
        co_return std::nullopt;
    }

 private:
    const std::unique_ptr<ports::BlobReader> blob_;
    const core::ExtentMap extents_;
};

bool is_composed(const World& world, const core::Upload& upload) {
    return world.stores.home_of(upload).composes(core::home_of(upload).placement);
}

}  // namespace

bool is_read_by_parts(const World& world, const core::Upload& upload) {
    return upload.plan.sizes == core::PartSizes::free || upload.blobs.size() > 1 ||
           is_composed(world, upload);
}

Task<Result<std::unique_ptr<ports::BlobReader>>> open_in_order(World& world, core::Upload upload,
                                                               std::vector<core::Part> parts) {
    if (upload.blobs.size() > 1 || is_composed(world, upload)) {
        co_return std::make_unique<PartsReader>(world, std::move(upload), std::move(parts));
    }
    auto blob = co_await world.stores.home_of(upload).open_staged(upload.id);
    if (!blob || upload.plan.sizes == core::PartSizes::fixed) {
        co_return std::move(blob);
    }
    co_return std::make_unique<ExtentReader>(std::move(*blob), core::ExtentMap(upload.plan, parts));
}

}  // namespace slipway::engine
