#include "adapters/s3/store/pieces.hpp"

#include <algorithm>

#include "hash/digester.hpp"

namespace slipway::adapters::s3 {

namespace {

std::string name_of(const Piece& piece) {
    return "part " + std::to_string(piece.number.value());
}

// All of it is going to be read.
std::shared_ptr<ObjectReader> open_piece(StoreAccess& access, const PartGroup& group,
                                         const Piece& piece) {
    const ObjectInfo info{.size = piece.size,
                          .etag = piece.receipt.etag,
                          .last_modified = {},
                          .attributes = {},
                          .crc64nvme = {}};
    return std::make_shared<ObjectReader>(access, PartObjects::name(access, group, piece.receipt),
                                          info, piece.size);
}

// That it is gone, or another, damages what was acknowledged.
Error of_piece(const Piece& piece, Error error) {
    if (error.code == Errc::not_found || error.code == Errc::conflict ||
        error.code == Errc::invalid) {
        return {Errc::corrupted, name_of(piece) + " is not in the store any more"};
    }
    return error;
}

// Some pieces as the body of a call.
class PiecesSource final : public http::BodySource {
 public:
    PiecesSource(StoreAccess& access, PartGroup group, std::vector<Piece> pieces)
        : access_(access), group_(std::move(group)), pieces_(std::move(pieces)) {}

    Task<Result<std::size_t>> read(std::span<std::byte> out) override {
        while (at_ < pieces_.size() && pieces_[at_].size == 0_B) {
            ++at_;
        }
        if (at_ == pieces_.size() || out.empty()) {
            co_return 0U;
        }
        const Piece& piece = pieces_[at_];
        if (!reader_) {
            reader_ = open_piece(access_, group_, piece);
            hasher_ = {};
            done_ = {};
        }
        auto count = co_await reader_->read_at(ByteOffset(done_.value()), out);
        if (!count) {
            co_return std::unexpected(of_piece(piece, std::move(count.error())));
        }
        hasher_.update(out.first(*count));
        done_ += ByteCount(*count);
        if (auto checked = end_piece(piece, *count); !checked) {
            co_return std::unexpected(std::move(checked.error()));
        }
        co_return count;
    }

 private:
    // After so many bytes of it.
    Result<> end_piece(const Piece& piece, std::size_t count) {
        if (done_ < piece.size) {
            return count > 0 ? Result<>()
                             : failure(Errc::corrupted, name_of(piece) + " is too short");
        }
        reader_.reset();
        ++at_;
        const bool is_right = !piece.sha256 || hasher_.finish() == *piece.sha256;
        return is_right ? Result<>()
                        : failure(Errc::corrupted, name_of(piece) + " does not have its SHA-256");
    }

    StoreAccess& access_;
    const PartGroup group_;
    const std::vector<Piece> pieces_;
    std::size_t at_ = 0;
    std::shared_ptr<ObjectReader> reader_;
    hash::Sha256Hasher hasher_;
    ByteCount done_;  // of the piece
};

// The pieces that lie in a range that was cut between them.
std::vector<Piece> within(const std::vector<Piece>& pieces, ByteRange range) {
    std::vector<Piece> some;
    ByteOffset start;
    for (const Piece& piece : pieces) {
        if (start >= range.first && start < range.first + range.length) {
            some.push_back(piece);
        }
        start = start + piece.size;
    }
    return some;
}

}  // namespace

Result<std::vector<Piece>> pieces_of(const Apart& blob,
                                     const std::vector<ports::StoredPiece>& stored) {
    std::vector<Piece> pieces;
    for (const ports::StoredPiece& part : stored) {
        auto receipt = parse_receipt(part.receipt);
        const bool is_empty = receipt && receipt->nonce.empty();
        const bool fits = receipt && is_empty == (part.size == 0_B) &&
                          (is_empty || blob.has_at(part.number, receipt->offset));
        if (!fits) {
            return failure(Errc::corrupted, "part " + std::to_string(part.number.value()) +
                                                " has the receipt of another");
        }
        pieces.push_back({part.number, part.size, *std::move(receipt), part.sha256});
    }
    return pieces;
}

PieceReader::PieceReader(StoreAccess& access, PartGroup group, std::vector<Piece> pieces)
    : access_(access), group_(std::move(group)), pieces_(std::move(pieces)) {
    for (const Piece& piece : pieces_) {
        starts_.emplace_back(size_.value());
        size_ += piece.size;
    }
}

Task<Result<std::size_t>> PieceReader::read_at(ByteOffset offset, std::span<std::byte> out) {
    if (offset.value() >= size_.value() || out.empty()) {
        co_return 0U;
    }
    // The last one that begins there: those before it are empty.
    const auto behind = std::ranges::upper_bound(starts_, offset);
    const auto index = static_cast<std::size_t>(behind - starts_.begin() - 1);
    const ByteOffset inside(offset.value() - starts_[index].value());
    const auto reader = reader_of(index);
    auto count = co_await reader->read_at(inside, out);
    if (!count) {
        co_return std::unexpected(of_piece(pieces_[index], std::move(count.error())));
    }
    co_return count;
}

std::shared_ptr<ObjectReader> PieceReader::reader_of(std::size_t index) {
    const std::scoped_lock lock(mutex_);
    if (!reader_ || open_ != index) {
        reader_ = open_piece(access_, group_, pieces_[index]);
        open_ = index;
    }
    return reader_;
}

Sendable sendable(StoreAccess& access, PartGroup group, std::vector<Piece> pieces,
                  ByteCount least) {
    Sendable sent;
    ByteRange cut;
    for (const Piece& piece : pieces) {
        cut.length += piece.size;
        if (cut.length >= least) {
            sent.cuts.push_back(cut);
            cut = {cut.first + cut.length, 0_B};
        }
    }
    if (cut.length > 0_B) {
        sent.cuts.push_back(cut);
    }
    sent.body_of = [&access, group = std::move(group),
                    pieces = std::move(pieces)](ByteRange range) {
        auto source = std::make_shared<PiecesSource>(access, group, within(pieces, range));
        return UploadBody{{std::move(source), range.length}, {}};
    };
    return sent;
}

}  // namespace slipway::adapters::s3
