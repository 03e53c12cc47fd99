#include "adapters/memory/memory_part_sink.hpp"

#include <algorithm>
#include <utility>

namespace slipway::adapters::memory {
namespace {

Result<> require_staged(const MemoryBlob& blob) {
    if (blob.state == MemoryBlobState::removed) {
        return failure(Errc::not_found, "the blob was removed");
    }
    if (blob.state == MemoryBlobState::published) {
        return failure(Errc::conflict, "the blob is published");
    }
    return {};
}

// The blob's mutex is held.
Result<> write_to(MemoryBlob& blob, std::span<const std::byte> bytes, ByteOffset offset) {
    if (auto staged = require_staged(blob); !staged) {
        return staged;
    }
    const auto begin = static_cast<std::size_t>(offset.value());
    if (blob.bytes.size() < begin + bytes.size()) {
        blob.bytes.resize(begin + bytes.size());
    }
    std::ranges::copy(bytes, blob.bytes.begin() + static_cast<std::ptrdiff_t>(begin));
    return {};
}

void put_piece(MemoryBlob& blob, ports::StoredPiece piece) {
    const auto at =
        std::ranges::lower_bound(blob.pieces, piece.number, {}, &ports::StoredPiece::number);
    if (at != blob.pieces.end() && at->number == piece.number) {
        *at = std::move(piece);
    } else {
        blob.pieces.insert(at, std::move(piece));
    }
}

// What was not committed is nowhere: whoever forgets to commit finds it out here, and not after a
// power cut, where a store wrote the bytes early.
class MemoryPartSink final : public ports::PartSink {
 public:
    MemoryPartSink(std::shared_ptr<MemoryBlob> blob, ports::PartRegion region, MemoryPlace place)
        : blob_(std::move(blob)), region_(region), place_(place) {}

    Task<Result<>> write(std::span<const std::byte> bytes) override {
        if (committed_) {
            co_return failure(Errc::invalid, "the part was committed already");
        }
        if (bytes.size() > (region_.length - written_).value()) {
            co_return failure(Errc::invalid, "more bytes than the part has");
        }
        if (failed_) {
            co_return std::unexpected(*failed_);
        }
        const std::scoped_lock lock(blob_->mutex);
        auto taken = keep(bytes);
        if (!taken) {
            failed_ = taken.error();
            co_return taken;
        }
        written_ += ByteCount(bytes.size());
        co_return Result<>{};
    }

    Task<Result<std::string>> commit() override {
        if (committed_) {
            co_return failure(Errc::invalid, "the part was committed already");
        }
        committed_ = true;
        if (failed_) {
            co_return std::unexpected(*failed_);
        }
        const std::scoped_lock lock(blob_->mutex);
        if (place_ == MemoryPlace::aside) {
            co_return keep_aside();
        }
        // Refused like a write, where the blob is not staged any more.
        if (auto written = write_to(*blob_, kept_, region_.offset); !written) {
            co_return std::unexpected(written.error());
        }
        co_return receipt();
    }

 private:
    Result<> keep(std::span<const std::byte> bytes) {
        kept_.insert(kept_.end(), bytes.begin(), bytes.end());
        return require_staged(*blob_);
    }
    std::string receipt() {
        if (blob_->placement.empty()) {
            return {};
        }
        std::string receipt = next_receipt();
        if (blob_->part_size) {
            put_piece(*blob_, {number(), written_, receipt});
        }
        return receipt;
    }
    Result<std::string> keep_aside() {
        if (auto staged = require_staged(*blob_); !staged) {
            return std::unexpected(staged.error());
        }
        std::string receipt = next_receipt();
        blob_->aside.push_back({{number(), written_, receipt}, std::move(kept_)});
        return receipt;
    }
    std::string next_receipt() const { return "receipt " + std::to_string(++blob_->receipts); }
    PartNumber number() const {
        const std::uint64_t before = region_.offset.value() / blob_->part_size->value();
        return PartNumber(static_cast<std::uint32_t>(before + 1));
    }

    const std::shared_ptr<MemoryBlob> blob_;
    const ports::PartRegion region_;
    const MemoryPlace place_;
    ByteCount written_;
    std::vector<std::byte> kept_;
    std::optional<Error> failed_;
    bool committed_ = false;
};

}  // namespace

std::unique_ptr<ports::PartSink> open_sink(std::shared_ptr<MemoryBlob> blob,
                                           ports::PartRegion region, MemoryPlace place) {
    return std::make_unique<MemoryPartSink>(std::move(blob), region, place);
}

}  // namespace slipway::adapters::memory
