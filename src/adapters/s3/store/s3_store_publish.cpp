// The calls of S3Store that make a file of what is staged.
#include "adapters/s3/store/aside_parts.hpp"
#include "adapters/s3/store/blob_sending.hpp"
#include "adapters/s3/store/s3_store.hpp"

namespace slipway::adapters::s3 {

Task<Result<>> S3Store::publish(ports::BlobRef blob, ports::Content content) {
    auto placement = parse_placement(blob.placement);
    if (!placement) {
        co_return std::unexpected(std::move(placement.error()));
    }
    Publication what{blob.id, std::move(content)};
    if (auto* through = std::get_if<Through>(&*placement)) {
        co_return co_await publish_through(std::move(what), std::move(*through));
    }
    if (auto* apart = std::get_if<Apart>(&*placement)) {
        co_return co_await publish_apart(std::move(what), std::move(*apart));
    }
    co_return co_await publish_spooled(std::move(what), std::get<Spooled>(*std::move(placement)));
}

Task<Result<>> S3Store::publish_through(Publication what, Through through) {
    const auto there = co_await stands(what);
    if (!there) {
        co_return std::unexpected(there.error());
    }
    PartGroup beside = group_beside(what.id, through.upload_id);
    const bool lies_beside = has_aside(what.content.pieces);
    if (!*there) {
        auto completed = co_await publisher_.complete(std::move(what), std::move(through));
        if (!completed) {
            co_return completed;
        }
    }
    if (lies_beside) {
        co_await drop_sent(std::move(beside));
    }
    co_return Result<>{};
}

Task<Result<>> S3Store::publish_spooled(Publication what, Spooled spooled) {
    const auto there = co_await stands(what);
    if (!there) {
        co_return std::unexpected(there.error());
    }
    const UploadId id = what.id;
    if (!*there) {
        // From here on nothing changes it any more; whatever happens, it can be sent again.
        ports::BlobRef inner{id, std::move(spooled.placement)};
        ports::Content sealed{what.content.size, what.content.crc64nvme};
        if (auto done = co_await spool_.publish(std::move(inner), std::move(sealed)); !done) {
            co_return co_await unless_it_stands(std::move(what), std::move(done.error()));
        }
        if (auto sent = co_await send_from_spool(std::move(what)); !sent) {
            co_return sent;
        }
    }
    co_return co_await spool_.remove(id);
}

// Whether what is to be published is published already. An object in the trash is not found.
Task<Result<bool>> S3Store::stands(Publication what) {
    const auto found = co_await publisher_.find(what);
    if (!found) {
        co_return std::unexpected(found.error());
    }
    if (!*found) {
        co_return false;
    }
    if (auto checked = co_await check_not_trashed(what.id); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    co_return true;
}

// Another call of the same may have been quicker, and have left nothing in the spool.
Task<Result<>> S3Store::unless_it_stands(Publication what, Error error) {
    const auto there = co_await stands(std::move(what));
    co_return there && *there ? Result<>() : std::unexpected(std::move(error));
}

Task<Result<>> S3Store::send_from_spool(Publication what) {
    auto reader = co_await spool_.open_published(what.id);
    if (!reader) {
        co_return co_await unless_it_stands(what, std::move(reader.error()));
    }
    std::shared_ptr<ports::BlobReader> source = *std::move(reader);
    Sendable blob = sendable(std::move(source), access_.sizes.largest_put);
    co_return co_await publisher_.send(std::move(what), std::move(blob));
}

Task<Result<>> S3Store::publish_draft(ports::DraftName name, ports::Content content) {
    const Publication what{name.id, content};
    const auto there = co_await stands(what);
    if (!there) {
        co_return std::unexpected(there.error());
    }
    if (!*there) {
        if (auto done = co_await spool_.publish_draft(name, std::move(content)); !done) {
            co_return co_await unless_it_stands(what, std::move(done.error()));
        }
        if (auto sent = co_await send_from_spool(what); !sent) {
            co_return sent;
        }
    }
    // The staged blob beside it stays until it is removed.
    co_return co_await drop_published_from_spool(name.id);
}

Task<Result<>> S3Store::drop_published_from_spool(UploadId id) {
    const ports::TrashedBlob blob{.id = id, .was = ports::BlobState::published, .since = {}};
    if (auto trashed = co_await spool_.trash(blob); !trashed) {
        co_return trashed;
    }
    co_return co_await spool_.purge(blob);
}

}  // namespace slipway::adapters::s3
