#include "adapters/redis/cache/cached_catalog.hpp"

#include <utility>

namespace slipway::adapters::redis {

Task<Result<>> CachedCatalog::change(UploadId id, Task<Result<>> made) {
    auto result = co_await std::move(made);
    co_await cache_->drop(id);
    co_return result;
}

Task<Result<CachedCatalog::Loaded>> CachedCatalog::load(UploadId id, UploadCache::Ticket ticket) {
    auto upload = co_await inner_->find_upload(id);
    if (!upload) {
        co_return std::unexpected(std::move(upload.error()));
    }
    auto parts = co_await inner_->list_parts(id);
    if (!parts) {
        co_return std::unexpected(std::move(parts.error()));
    }
    co_await cache_->fill(std::move(ticket), *upload, *parts);
    co_return Loaded{std::move(*upload), std::move(*parts)};
}

Task<Result<core::Upload>> CachedCatalog::find_upload(UploadId id) {
    if (reads_ == Reads::current) {
        auto upload = co_await inner_->find_upload(id);
        // As with a part: whoever ended it may have ended before it told the cache.
        if (upload && upload->state != core::UploadState::open) {
            co_await cache_->drop(id);
        }
        co_return upload;
    }
    auto look = co_await cache_->find_upload(id);
    if (auto* found = std::get_if<core::Upload>(&look)) {
        co_return std::move(*found);
    }
    auto& miss = std::get<UploadCache::Miss>(look);
    if (!miss) {
        co_return co_await inner_->find_upload(id);
    }
    auto loaded = co_await load(id, std::move(*miss));
    if (!loaded) {
        co_return std::unexpected(std::move(loaded.error()));
    }
    co_return std::move(loaded->upload);
}

Task<Result<std::vector<core::Part>>> CachedCatalog::list_parts(UploadId id) {
    if (reads_ == Reads::current) {
        co_return co_await inner_->list_parts(id);
    }
    auto look = co_await cache_->list_parts(id);
    if (auto* found = std::get_if<std::vector<core::Part>>(&look)) {
        co_return std::move(*found);
    }
    auto& miss = std::get<UploadCache::Miss>(look);
    if (miss) {
        if (auto loaded = co_await load(id, std::move(*miss))) {
            co_return std::move(loaded->parts);
        }
    }
    // A file that came without an upload has parts as well.
    co_return co_await inner_->list_parts(id);
}

Task<Result<ports::PutPartOutcome>> CachedCatalog::put_part(UploadId id, core::Epoch epoch,
                                                            core::Part part, core::Quota standard,
                                                            std::optional<core::Event> event) {
    auto outcome = co_await inner_->put_part(id, epoch, part, standard, std::move(event));
    if (outcome && std::holds_alternative<ports::PartStored>(*outcome)) {
        co_await cache_->add_part(id, epoch, std::move(part));
    } else if (!outcome || !std::holds_alternative<ports::QuotaRefused>(*outcome)) {
        // Refused or there already, which the entry may not know; or nobody knows.
        co_await cache_->drop(id);
    }
    co_return outcome;
}

// Who asks says to others that it is there. Whoever recorded it may have ended before it told the
// cache.
Task<Result<core::Part>> CachedCatalog::find_part(UploadId id, PartNumber number) {
    auto part = co_await inner_->find_part(id, number);
    if (part) {
        co_await cache_->drop(id);
    }
    co_return part;
}

Task<Result<>> CachedCatalog::replace_parts(UploadId id, core::Epoch epoch,
                                            std::vector<core::Part> parts) {
    return change(id, inner_->replace_parts(id, epoch, std::move(parts)));
}

Task<Result<>> CachedCatalog::add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                                         std::vector<core::PartCopy> copies) {
    return change(id, inner_->add_copies(id, epoch, number, std::move(copies)));
}

Task<Result<>> CachedCatalog::add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                                       core::StagedCopy blob) {
    return change(id, inner_->add_blob(id, epoch, seen, std::move(blob)));
}

Task<Result<>> CachedCatalog::advance_upload(core::Epoch expected, core::Upload next,
                                             std::optional<core::Event> event) {
    const UploadId id = next.id;
    return change(id, inner_->advance_upload(expected, std::move(next), std::move(event)));
}

Task<Result<>> CachedCatalog::complete_upload(core::Epoch expected, core::Upload next,
                                              core::File file, std::optional<core::Event> event) {
    const UploadId id = next.id;
    return change(
        id, inner_->complete_upload(expected, std::move(next), std::move(file), std::move(event)));
}

Task<Result<>> CachedCatalog::forget_upload(UploadId id) {
    return change(id, inner_->forget_upload(id));
}

Task<Result<>> CachedCatalog::remove_file(UploadId id, std::optional<core::Event> event) {
    return change(id, inner_->remove_file(id, std::move(event)));
}

Task<Result<>> CachedCatalog::remove_expired_file(UploadId id, WallTime now,
                                                  std::optional<core::Event> event) {
    return change(id, inner_->remove_expired_file(id, now, std::move(event)));
}

}  // namespace slipway::adapters::redis
