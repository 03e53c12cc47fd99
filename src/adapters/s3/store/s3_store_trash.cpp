// The calls of S3Store that are about its trash.
#include <algorithm>

#include "adapters/s3/store/s3_store.hpp"

namespace slipway::adapters::s3 {

Task<Result<>> S3Store::trash(ports::TrashedBlob blob) {
    if (blob.was == ports::BlobState::staged) {
        if (auto trashed = co_await spool_.trash(blob); !trashed) {
            co_return trashed;
        }
        co_return co_await trash_uploads(blob);
    }
    const auto published = co_await is_published(blob.id);
    if (!published || !*published) {
        co_return published ? Result<>() : std::unexpected(published.error());
    }
    const auto trashed = co_await markers_.has_published(blob.id);
    if (!trashed) {
        co_return std::unexpected(trashed.error());
    }
    std::vector<std::string> no_uploads;
    co_return *trashed ? Result<>() : co_await markers_.put(blob, std::move(no_uploads));
}

Task<Result<>> S3Store::trash_uploads(ports::TrashedBlob blob) {
    auto uploads = co_await uploads_in_use(blob.id);
    if (!uploads) {
        co_return std::unexpected(std::move(uploads.error()));
    }
    co_return uploads->empty() ? Result<>() : co_await markers_.put(blob, *std::move(uploads));
}

Task<Result<std::vector<ports::TrashedBlob>>> S3Store::list_trash() {
    auto trashed = co_await spool_.list_trash();
    if (!trashed) {
        co_return trashed;
    }
    const auto marked = co_await markers_.list();
    if (!marked) {
        co_return marked;
    }
    // A blob of which a part is in each is one.
    for (const ports::TrashedBlob& blob : *marked) {
        if (std::ranges::find(*trashed, blob) == trashed->end()) {
            trashed->push_back(blob);
        }
    }
    co_return trashed;
}

Task<Result<>> S3Store::restore(ports::TrashedBlob blob) {
    const auto is_marked = co_await markers_.has(blob);
    if (!is_marked) {
        co_return std::unexpected(is_marked.error());
    }
    if (blob.was == ports::BlobState::published) {
        co_return *is_marked ? co_await markers_.remove(blob)
                             : failure(Errc::not_found, "not in the trash");
    }
    auto restored = co_await spool_.restore(blob);
    const bool is_only_marked = *is_marked && !restored && restored.error().code == Errc::not_found;
    if (!*is_marked || (!restored && !is_only_marked)) {
        co_return restored;
    }
    const auto others = co_await uploads_in_use(blob.id);
    if (!others) {
        co_return std::unexpected(others.error());
    }
    co_return others->empty() ? co_await markers_.remove(blob)
                              : failure(Errc::conflict, "there is another blob of this id");
}

// Only those that are still open: one that a late list had told of may have been completed, and
// some stores break an object whose upload is aborted.
Task<Result<>> S3Store::abort_trashed(ports::TrashedBlob blob) {
    auto uploads = co_await markers_.uploads_of(blob);
    if (!uploads || uploads->empty()) {
        co_return uploads ? Result<>() : std::unexpected(std::move(uploads.error()));
    }
    const auto open = co_await open_uploads(blob.id);
    if (!open) {
        co_return std::unexpected(open.error());
    }
    std::erase_if(*uploads, [&](const std::string& upload) {
        return std::ranges::find(*open, upload) == open->end();
    });
    co_return co_await abort_uploads(blob.id, *std::move(uploads));
}

Task<Result<>> S3Store::purge(ports::TrashedBlob blob) {
    if (blob.was == ports::BlobState::staged) {
        if (auto purged = co_await spool_.purge(blob); !purged) {
            co_return purged;
        }
        if (auto aborted = co_await abort_trashed(blob); !aborted) {
            co_return aborted;
        }
        co_return co_await markers_.remove(blob);
    }
    // The marker goes last: without it the object would be found again. What was put back meanwhile
    // has none.
    const auto is_marked = co_await markers_.has(blob);
    if (!is_marked || !*is_marked) {
        co_return is_marked ? Result<>() : std::unexpected(is_marked.error());
    }
    if (auto deleted = co_await delete_object(blob.id); !deleted) {
        co_return deleted;
    }
    co_return co_await markers_.remove(blob);
}

}  // namespace slipway::adapters::s3
