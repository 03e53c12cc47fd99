// Reading parts that are objects of their own: in any order, for whoever asks; and as what is sent
// to make the file, where each is compared with its SHA-256 before its last bytes are given out, so
// that nothing is stored that was not acknowledged.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "adapters/s3/store/blob_sending.hpp"
#include "adapters/s3/store/object_reader.hpp"
#include "adapters/s3/store/part_objects.hpp"

namespace slipway::adapters::s3 {

// A part and where it lies.
struct Piece {
    PartNumber number;
    ByteCount size;
    PartReceipt receipt;
    std::optional<Sha256> sha256;
};

// In the order of the pieces. corrupted: a receipt is none, or is that of another part.
Result<std::vector<Piece>> pieces_of(const Apart& blob,
                                     const std::vector<ports::StoredPiece>& stored);

// The pieces one behind the other. Errors of its reads: corrupted where an object is gone or is
// another; those of the store.
class PieceReader final : public ports::BlobReader {
 public:
    // `access` outlives it.
    PieceReader(StoreAccess& access, PartGroup group, std::vector<Piece> pieces);

    ByteCount size() const override { return size_; }
    Task<Result<std::size_t>> read_at(ByteOffset offset, std::span<std::byte> out) override;
    std::optional<int> descriptor() const override { return std::nullopt; }
    Task<std::optional<std::string>> direct_url(ports::DirectDownload) override {
        co_return std::nullopt;
    }

 private:
    std::shared_ptr<ObjectReader> reader_of(std::size_t index);

    StoreAccess& access_;
    const PartGroup group_;
    const std::vector<Piece> pieces_;
    std::vector<ByteOffset> starts_;
    ByteCount size_;
    std::mutex mutex_;
    std::size_t open_ = 0;  // the piece that was read last, and its reader
    std::shared_ptr<ObjectReader> reader_;
};

// Cut between pieces, into parts of `least` at least but for the last.
Sendable sendable(StoreAccess& access, PartGroup group, std::vector<Piece> pieces, ByteCount least);

}  // namespace slipway::adapters::s3
