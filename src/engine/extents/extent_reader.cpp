#include "engine/extents/extent_reader.hpp"

#include <utility>

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

}  // namespace

Task<Result<std::unique_ptr<ports::BlobReader>>> open_in_order(
    World& world, const core::Upload& upload, std::optional<core::ExtentMap> extents) {
    auto blob = co_await world.stores.home_of(upload).open_staged(upload.id);
    if (!blob || !extents) {
        co_return std::move(blob);
    }
    co_return std::make_unique<ExtentReader>(std::move(*blob), *std::move(extents));
}

}  // namespace slipway::engine
