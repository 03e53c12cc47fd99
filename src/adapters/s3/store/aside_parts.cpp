#include "adapters/s3/store/aside_parts.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "hash/digester.hpp"

namespace slipway::adapters::s3 {

namespace {

constexpr std::size_t kTokenBytes = 16;

bool is_aside(const ports::StoredPiece& piece) {
    return piece.receipt.starts_with(kAsidePrefix);
}

Result<Piece> piece_of(const ports::StoredPiece& stored) {
    auto receipt = parse_receipt(std::string_view(stored.receipt).substr(kAsidePrefix.size()));
    if (!receipt || receipt->nonce.empty()) {
        return failure(Errc::corrupted, "part " + std::to_string(stored.number.value()) +
                                            " has a receipt that is none");
    }
    return Piece{stored.number, stored.size, *std::move(receipt), stored.sha256};
}

}  // namespace

PartGroup group_beside(UploadId id, std::string_view upload_id) {
    const Sha256 digest = hash::sha256(std::as_bytes(std::span(upload_id)));
    return {id, encode_hex(digest.view().first(kTokenBytes))};
}

bool has_aside(const std::vector<ports::StoredPiece>& pieces) {
    return std::ranges::any_of(pieces, is_aside);
}

Task<Result<AsideParts::Parts>> AsideParts::put_into_place(Parts parts) {
    for (ports::StoredPiece& stored : parts.pieces) {
        if (!is_aside(stored)) {
            continue;
        }
        auto there = std::ranges::find(parts.listed, stored.number, &ListedPart::number);
        const auto sent = sent_.find(stored.number);
        const bool is_there = there != parts.listed.end() && sent != sent_.end() &&
                              there->size == stored.size && there->etag == sent->second.etag;
        if (!is_there) {
            auto piece = piece_of(stored);
            if (!piece) {
                co_return std::unexpected(std::move(piece.error()));
            }
            auto part = co_await send(*std::move(piece));
            if (!part) {
                co_return std::unexpected(std::move(part.error()));
            }
            there = there == parts.listed.end() ? parts.listed.emplace(there) : there;
            *there = *part;
            sent_.insert_or_assign(stored.number, *std::move(part));
        }
        stored.receipt = receipt_of(*there);
    }
    co_return parts;
}

Task<Result<ListedPart>> AsideParts::send(Piece piece) {
    const ClientPair clients = co_await access_.clients->here();
    const Sendable source = sendable(access_, group_, {piece}, piece.size);
    const ByteRange all{ByteOffset(0), piece.size};
    const auto call = [&] {
        return clients.streams->upload_part(upload_, piece.number, source.body_of(all));
    };
    auto part =
        co_await persist<StoredPart>(*clients.streams, access_.patience, Repeatable::anyway, call);
    if (!part) {
        co_return std::unexpected(std::move(part.error()));
    }
    co_return ListedPart{.number = piece.number,
                         .etag = std::move(part->etag),
                         .size = piece.size,
                         .crc64nvme = part->crc64nvme};
}

}  // namespace slipway::adapters::s3
