// What S3Store does with parts that lie in the store as objects of their own: all of a blob, or
// those beside its multipart upload.
#include <algorithm>

#include "adapters/s3/store/aside_parts.hpp"
#include "adapters/s3/store/blob_sending.hpp"
#include "adapters/s3/store/pieces.hpp"
#include "adapters/s3/store/s3_store.hpp"
#include "adapters/s3/store/through_sink.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::s3 {

bool S3Store::composes(std::string_view placement) const {
    const auto parsed = parse_placement(placement);
    return parsed && std::holds_alternative<Apart>(*parsed);
}

bool S3Store::has_common_places(std::string_view placement) const {
    const auto parsed = parse_placement(placement);
    return parsed && std::holds_alternative<Through>(*parsed);
}

// Nothing is there before its first part: what is never written needs not to be removed.
Result<std::string> S3Store::create_apart(const ports::BlobLayout& layout) {
    return format_placement(Apart{
        .part_size = layout.part_size, .capacity = layout.capacity, .token = random_name(random_)});
}

Result<std::unique_ptr<ports::PartSink>> S3Store::open_apart(UploadId id, Apart apart,
                                                             ports::PartRegion region) {
    if (!apart.has(region)) {
        return failure(Errc::invalid, "the region is none of the blob's parts");
    }
    if (const ByteCount most = access_.sizes.largest_free_part;
        !apart.part_size && region.length > most) {
        return failure(Errc::too_large, "a part of more than " + std::to_string(most.value()) +
                                            " bytes cannot be composed with others");
    }
    if (region.length == 0_B) {
        return std::make_unique<EmptySink>();
    }
    const PartGroup group{id, std::move(apart.token)};
    PartReceipt receipt{region.offset, random_name(random_), ""};
    auto call = as_object(PartObjects::name(access_, group, receipt), std::move(receipt));
    return std::make_unique<ThroughSink>(access_, region.length, std::move(call));
}

Task<Result<std::unique_ptr<ports::PartSink>>> S3Store::open_part_aside(ports::BlobRef blob,
                                                                        ports::PartRegion region) {
    auto placement = parse_placement(blob.placement);
    const auto* const through = placement ? std::get_if<Through>(&*placement) : nullptr;
    if (through == nullptr) {
        co_return failure(Errc::unsupported, "the blob has no common places");
    }
    if (!through->part_of(region)) {
        co_return failure(Errc::invalid, "the region is none of the blob's parts");
    }
    PartReceipt receipt{region.offset, random_name(random_), ""};
    ObjectName name =
        PartObjects::name(access_, group_beside(blob.id, through->upload_id), receipt);
    auto call = as_object(std::move(name), std::move(receipt), kAsidePrefix);
    co_return std::make_unique<ThroughSink>(access_, region.length, std::move(call));
}

Task<Result<std::unique_ptr<ports::BlobReader>>> S3Store::open_pieces(
    ports::BlobRef blob, std::vector<ports::StoredPiece> pieces) {
    auto placement = parse_placement(blob.placement);
    auto* const apart = placement ? std::get_if<Apart>(&*placement) : nullptr;
    if (apart == nullptr) {
        co_return failure(Errc::unsupported, "the blob is not one of parts that lie apart");
    }
    auto found = pieces_of(*apart, pieces);
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    PartGroup group{blob.id, std::move(apart->token)};
    co_return std::make_unique<PieceReader>(access_, std::move(group), *std::move(found));
}

Task<Result<std::vector<ports::FoundPiece>>> S3Store::list_pieces(ports::BlobRef blob) {
    auto placement = parse_placement(blob.placement);
    auto* const apart = placement ? std::get_if<Apart>(&*placement) : nullptr;
    if (apart == nullptr) {
        co_return failure(Errc::unsupported, "the blob is not one of parts that lie apart");
    }
    const auto found = co_await parts_.objects_of({blob.id, std::move(apart->token)});
    if (!found) {
        co_return std::unexpected(found.error());
    }
    std::vector<ports::FoundPiece> pieces;
    for (const PartObjects::Found& object : *found) {
        pieces.push_back({object.receipt.offset, object.size, format_receipt(object.receipt)});
    }
    co_return pieces;
}

// The parts go last, when the object was seen to stand. One that cannot be removed is found by the
// collection of orphans.
Task<Result<>> S3Store::publish_apart(Publication what, Apart apart) {
    PartGroup group{what.id, apart.token};
    const auto there = co_await stands(what);
    if (!there) {
        co_return std::unexpected(there.error());
    }
    if (!*there) {
        if (auto checked = check_pieces(what.content); !checked) {
            co_return checked;
        }
        auto pieces = pieces_of(apart, what.content.pieces);
        if (!pieces) {
            co_return std::unexpected(std::move(pieces.error()));
        }
        const ByteCount least = part_size_for(what.content.size, access_.sizes.largest_put);
        Sendable blob = sendable(access_, group, *std::move(pieces), least);
        if (auto sent = co_await publisher_.send(std::move(what), std::move(blob)); !sent) {
            co_return sent;
        }
    }
    co_await drop_sent(std::move(group));
    co_return Result<>{};
}

// Of an object that stands.
Task<void> S3Store::drop_sent(PartGroup group) {
    const std::string id = group.id.to_string();
    if (const auto removed = co_await parts_.remove(std::move(group)); !removed) {
        telemetry::log(telemetry::Level::warn, "parts_left_behind",
                       {{"upload_id", id}, {"detail", removed.error().detail}});
    }
}

// Of what is not in the trash.
Task<Result<>> S3Store::drop_parts(UploadId id) {
    const auto apart = co_await parts_.list_of(id);
    if (!apart || apart->empty()) {
        co_return apart ? Result<>() : std::unexpected(apart.error());
    }
    const auto trashed = co_await markers_.uploads_of(id);
    if (!trashed) {
        co_return std::unexpected(trashed.error());
    }
    for (const PartGroup& group : *apart) {
        if (std::ranges::find(*trashed, group.as_upload()) != trashed->end()) {
            continue;
        }
        if (auto removed = co_await parts_.remove(group); !removed) {
            co_return removed;
        }
    }
    co_return Result<>{};
}

}  // namespace slipway::adapters::s3
