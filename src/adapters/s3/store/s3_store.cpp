#include "adapters/s3/store/s3_store.hpp"

#include <algorithm>

#include "adapters/s3/object_name.hpp"
#include "adapters/s3/store/object_reader.hpp"
#include "adapters/s3/store/through_sink.hpp"

namespace slipway::adapters::s3 {

namespace {

// How many bodies are under way at once is bounded where they are admitted: a second bound here
// would let those that are admitted wait for each other.
constexpr std::size_t kStreams = 4'096;

Endpoint endpoint_for_streams(const S3StoreOptions& options) {
    Endpoint streams = options.endpoint;
    streams.connections = std::max(streams.connections, kStreams);
    if (streams.checksums != ChecksumMode::none) {
        streams.checksums =
            options.can.trailing_checksums ? ChecksumMode::trailer : ChecksumMode::header;
    }
    return streams;
}

Endpoint endpoint_for_calls(const S3StoreOptions& options) {
    Endpoint calls = options.endpoint;
    if (calls.checksums == ChecksumMode::trailer) {
        calls.checksums = ChecksumMode::header;
    }
    return calls;
}

}  // namespace

Result<std::unique_ptr<S3Store>> S3Store::make(S3StoreOptions options, S3StoreMeans means) {
    const ObjectName longest{options.bucket, options.prefix + "parts/" + std::string(120, '0')};
    if (auto checked = check_object_name(longest); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    const bool sends_digests =
        options.endpoint.checksums != ChecksumMode::none && options.can.trailing_checksums;
    if (options.can.needs_digests && !sends_digests) {
        return failure(Errc::unsupported,
                       "checksum: the store takes half a body for the whole where no digest comes "
                       "behind it");
    }
    auto clients = LoopClients::make(endpoint_for_calls(options), endpoint_for_streams(options),
                                     options.credentials, means.clock);
    if (!clients) {
        return std::unexpected(std::move(clients.error()));
    }
    return std::unique_ptr<S3Store>(new S3Store(std::move(options), *std::move(clients), means));
}

S3Store::S3Store(S3StoreOptions options, std::unique_ptr<LoopClients> clients, S3StoreMeans means)
    : name_(std::move(options.name)),
      access_{.clients = std::move(clients),
              .bucket = std::move(options.bucket),
              .prefix = std::move(options.prefix),
              .can = options.can,
              .patience = std::move(options.patience),
              .sizes = options.sizes,
              .downloads = options.downloads,
              .states_checksums = options.endpoint.checksums != ChecksumMode::none},
      spool_(means.spool),
      random_(means.random),
      small_parts_(options.small_parts),
      parts_(access_),
      publisher_(access_),
      markers_(access_) {}

bool S3Store::is_staged_here(std::string_view placement) const {
    const auto parsed = parse_placement(placement);
    return parsed && std::holds_alternative<Spooled>(*parsed);
}

Task<Result<std::string>> S3Store::create(UploadId id, ports::BlobLayout layout) {
    const auto published = co_await is_published(id);
    if (!published) {
        co_return std::unexpected(published.error());
    }
    if (*published) {
        co_return failure(Errc::conflict, "the blob is published already");
    }
    if (layout.direct) {
        if (const auto refused = refusal(layout)) {
            co_return failure(Errc::unsupported, *refused);
        }
        co_return co_await create_through(id, layout);
    }
    if (goes_through(layout, access_.sizes)) {
        auto placement = co_await create_through(id, layout);
        // Where its name cannot be kept, it is staged as small parts are.
        if (placement || placement.error().code != Errc::unsupported) {
            co_return placement;
        }
    }
    if (small_parts_ == SmallParts::in_store && comes_in_parts(layout)) {
        co_return create_apart(layout);
    }
    auto spooled = co_await spool_.create(id, std::move(layout));
    if (!spooled) {
        co_return spooled;
    }
    co_return format_placement(Spooled{*std::move(spooled)});
}

Task<Result<std::string>> S3Store::create_through(UploadId id, ports::BlobLayout layout) {
    const ObjectChecksum checksum = checksum_of(layout);
    auto upload = co_await begin_upload(id, checksum);
    if (!upload) {
        co_return upload;
    }
    auto placement = format_placement(Through{.part_size = *layout.part_size,
                                              .capacity = layout.capacity,
                                              .checksum = checksum,
                                              .upload_id = *upload});
    if (!placement) {
        std::vector<std::string> uploads{*std::move(upload)};
        co_await abort_uploads(id, std::move(uploads));
    }
    co_return placement;
}

ObjectChecksum S3Store::checksum_of(const ports::BlobLayout& layout) const {
    if (layout.direct) {
        return ObjectChecksum::part_sha256;
    }
    return access_.has_whole_checksums() ? ObjectChecksum::crc64nvme : ObjectChecksum::none;
}

// Where the answer was lost, the one that was begun is looked for: a second one would stay behind.
Task<Result<std::string>> S3Store::begin_upload(UploadId id, ObjectChecksum checksum) {
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] {
        return clients.calls->create_multipart(access_.file(id), StoreAccess::attributes_of(id),
                                               checksum);
    };
    auto begun = co_await persist<std::string>(*clients.calls, access_.patience,
                                               Repeatable::where_not_done, call);
    if (begun || begun.error().code != Errc::outcome_unknown) {
        co_return begun;
    }
    auto open = co_await uploads_in_use(id);
    if (!open) {
        co_return std::unexpected(std::move(open.error()));
    }
    std::erase_if(*open, [id](const std::string& upload) {
        return PartGroup::of_upload(id, upload).has_value();
    });
    if (!open->empty()) {
        co_return std::move(open->front());
    }
    co_return co_await persist<std::string>(*clients.calls, access_.patience, Repeatable::anyway,
                                            call);
}

Task<Result<>> S3Store::grow(ports::BlobRef blob, ByteCount capacity) {
    auto placement = parse_placement(blob.placement);
    if (!placement) {
        co_return std::unexpected(std::move(placement.error()));
    }
    if (auto* spooled = std::get_if<Spooled>(&*placement)) {
        ports::BlobRef inner{blob.id, std::move(spooled->placement)};
        co_return co_await spool_.grow(std::move(inner), capacity);
    }
    const auto* const apart = std::get_if<Apart>(&*placement);
    co_return apart != nullptr && !apart->part_size
        ? Result<>()
        : failure(Errc::unsupported, "a blob of fixed parts does not grow");
}

Task<Result<std::unique_ptr<ports::PartSink>>> S3Store::open_part(ports::BlobRef blob,
                                                                  ports::PartRegion region) {
    auto placement = parse_placement(blob.placement);
    if (!placement) {
        co_return std::unexpected(std::move(placement.error()));
    }
    if (auto* spooled = std::get_if<Spooled>(&*placement)) {
        ports::BlobRef inner{blob.id, std::move(spooled->placement)};
        co_return co_await spool_.open_part(std::move(inner), region);
    }
    if (auto* apart = std::get_if<Apart>(&*placement)) {
        co_return open_apart(blob.id, std::move(*apart), region);
    }
    auto& through = std::get<Through>(*placement);
    const auto number = through.part_of(region);
    if (!number) {
        co_return failure(Errc::invalid, "the region is none of the blob's parts");
    }
    MultipartName upload{access_.file(blob.id), std::move(through.upload_id)};
    co_return std::make_unique<ThroughSink>(access_, region.length,
                                            as_upload_part(std::move(upload), *number));
}

Task<Result<>> S3Store::remove(UploadId id) {
    if (auto removed = co_await spool_.remove(id); !removed) {
        co_return removed;
    }
    if (auto aborted = co_await abort_uploads(id); !aborted) {
        co_return aborted;
    }
    // What is in the trash has no name any more by which it could be removed.
    const auto trashed = co_await markers_.has_published(id);
    if (!trashed) {
        co_return std::unexpected(trashed.error());
    }
    co_return *trashed ? Result<>() : co_await delete_object(id);
}

// Beside an object that stands, a multipart upload may be the one that it was made from, as far as
// lists come late; it is left to the collection of orphans.
Task<Result<>> S3Store::remove_staged(UploadId id) {
    if (auto removed = co_await spool_.remove_staged(id); !removed) {
        co_return removed;
    }
    const auto published = co_await is_published(id);
    if (!published) {
        co_return std::unexpected(published.error());
    }
    co_return *published ? co_await drop_parts(id) : co_await abort_uploads(id);
}

Task<Result<std::unique_ptr<ports::BlobReader>>> S3Store::open_published(UploadId id) {
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] { return clients.calls->head_object(access_.file(id)); };
    const auto info =
        co_await persist<ObjectInfo>(*clients.calls, access_.patience, Repeatable::anyway, call);
    if (!info) {
        co_return std::unexpected(info.error());
    }
    const auto trashed = co_await markers_.is_known_published(id);
    if (!trashed) {
        co_return std::unexpected(trashed.error());
    }
    if (*trashed) {
        co_return failure(Errc::not_found, "the blob is in the trash");
    }
    co_return std::make_unique<ObjectReader>(access_, access_.file(id), *info);
}

Task<Result<std::unique_ptr<ports::BlobReader>>> S3Store::open_uncached(UploadId id) {
    co_return co_await open_published(id);
}

Task<Result<bool>> S3Store::is_published(UploadId id) {
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] { return clients.calls->head_object(access_.file(id)); };
    const auto info =
        co_await persist<ObjectInfo>(*clients.calls, access_.patience, Repeatable::anyway, call);
    if (!info && info.error().code != Errc::not_found) {
        co_return std::unexpected(info.error());
    }
    co_return info.has_value();
}

Task<Result<>> S3Store::check_not_trashed(UploadId id) {
    const auto trashed = co_await markers_.has_published(id);
    if (!trashed) {
        co_return std::unexpected(trashed.error());
    }
    co_return *trashed ? failure(Errc::not_found, "the blob is in the trash") : Result<>();
}

Task<Result<>> S3Store::delete_object(UploadId id) {
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] { return clients.calls->delete_object(access_.file(id)); };
    co_return co_await persist<void>(*clients.calls, access_.patience, Repeatable::anyway, call);
}

}  // namespace slipway::adapters::s3
