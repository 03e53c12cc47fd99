#include "engine/stores/rebuild_parts.hpp"

#include <algorithm>
#include <utility>

#include "core/part_plan.hpp"
#include "hash/part_hasher.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

// Free sizes count for their owner by their records; the last part of an upload that completes by
// itself has to be on record when it is looked for.
bool can_rebuild_parts(const Stores& stores, const core::Upload& upload) {
    const bool lies_apart = std::ranges::all_of(upload.blobs, [&](const core::StagedCopy& blob) {
        return stores.has(blob.storage_node) &&
               stores.at(blob.storage_node).composes(blob.placement);
    });
    return lies_apart && !upload.direct && !upload.complete_when_full &&
           upload.plan.sizes == core::PartSizes::fixed;
}

Task<Result<std::vector<core::Part>>> RebuildParts::run(std::vector<core::Part> recorded) {
    for (const core::Part& part : recorded) {
        recorded_.insert(part.number);
    }
    for (std::uint32_t blob = 0; blob < upload_.blobs.size(); ++blob) {
        if (auto looked = co_await look_into(blob); !looked) {
            co_return std::unexpected(std::move(looked.error()));
        }
    }
    std::vector<core::Part> parts;
    for (auto& [number, part] : found_) {
        if (!contradicted_.contains(number)) {
            parts.push_back(std::move(part));
        }
    }
    for (const PartNumber number : contradicted_) {
        telemetry::log(telemetry::Level::error, "part_not_rebuilt",
                       {{"upload_id", upload_.id.to_string()},
                        {"part_number", std::uint64_t{number.value()}},
                        {"detail", "it lies there with different bytes"}});
    }
    co_return parts;
}

Task<Result<>> RebuildParts::look_into(std::uint32_t blob) {
    const core::StagedCopy& at = upload_.blobs[blob];
    ports::Store& store = world_.stores.at(at.storage_node);
    const ports::BlobRef ref{upload_.id, at.placement};
    const auto pieces = co_await store.list_pieces(ref);
    if (!pieces) {
        co_return std::unexpected(pieces.error());
    }
    for (const ports::FoundPiece& piece : *pieces) {
        const auto number = number_of(piece);
        if (!number || recorded_.contains(*number)) {
            continue;
        }
        ports::StoredPiece stored{.number = *number, .size = piece.size, .receipt = piece.receipt};
        auto digests = co_await read(store, ref, std::move(stored));
        if (!digests) {
            co_return std::unexpected(std::move(digests.error()));
        }
        add(*number, piece.size, std::move(*digests), {blob, piece.receipt});
    }
    co_return Result<>();
}

std::optional<PartNumber> RebuildParts::number_of(const ports::FoundPiece& piece) const {
    const std::uint64_t index = piece.offset.value() / upload_.plan.part_size.value();
    if (index >= core::kMaxParts) {
        return std::nullopt;
    }
    const PartNumber number(static_cast<std::uint32_t>(index + 1));
    const bool fits = core::has_part(upload_.plan, number) &&
                      core::offset_of(upload_.plan, number) == piece.offset &&
                      core::length_of(upload_.plan, number).admits(piece.size);
    return fits ? std::optional(number) : std::nullopt;
}

Task<Result<PartDigests>> RebuildParts::read(ports::Store& store, ports::BlobRef blob,
                                             ports::StoredPiece piece) {
    const ByteCount size = piece.size;
    std::vector<ports::StoredPiece> pieces;
    pieces.push_back(std::move(piece));
    const auto reader = co_await store.open_pieces(std::move(blob), std::move(pieces));
    if (!reader) {
        co_return std::unexpected(reader.error());
    }
    hash::PartHasher hasher({.md5 = upload_.checksum == DigestKind::md5,
                             .crc32c = upload_.checksum == DigestKind::crc32c});
    const auto buffer = co_await world_.buffers.acquire(std::max(size, 1_B));
    for (ByteCount done; done < size;) {
        const std::size_t wanted =
            std::min<std::uint64_t>(buffer.bytes().size(), (size - done).value());
        const auto got =
            co_await (*reader)->read_at(ByteOffset(done.value()), buffer.bytes().first(wanted));
        if (!got) {
            co_return std::unexpected(got.error());
        }
        if (*got == 0) {
            co_return failure(Errc::corrupted, "a part is shorter than the store's list says");
        }
        hasher.update(buffer.bytes().first(*got));
        done += ByteCount(*got);
    }
    co_return hasher.finish();
}

void RebuildParts::add(PartNumber number, ByteCount size, PartDigests digests,
                       core::PartCopy copy) {
    const auto known = found_.find(number);
    if (known == found_.end()) {
        core::Part part{.number = number,
                        .size = size,
                        .digests = std::move(digests),
                        .stored_at = world_.clock.wall()};
        part.copies = {std::move(copy)};
        found_.emplace(number, std::move(part));
    } else if (known->second.size != size || known->second.digests.sha256 != digests.sha256) {
        contradicted_.insert(number);
    } else {
        core::add_copies(known->second, {std::move(copy)});
    }
}

}  // namespace slipway::engine
