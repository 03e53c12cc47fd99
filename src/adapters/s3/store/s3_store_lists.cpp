// The calls of S3Store that are about what lies in the store: lists and open uploads; and those
// that the spool answers alone.
#include <algorithm>
#include <set>

#include "adapters/s3/store/s3_store.hpp"

namespace slipway::adapters::s3 {

Task<Result<std::unique_ptr<ports::Draft>>> S3Store::create_draft(ports::DraftName name,
                                                                  ByteCount size) {
    auto draft = co_await spool_.create_draft(name, size);
    if (!draft && draft.error().code == Errc::not_found) {
        co_return std::unexpected(co_await why_not_staged(name.id, std::move(draft.error())));
    }
    co_return draft;
}

Task<Result<std::unique_ptr<ports::Draft>>> S3Store::open_draft(ports::DraftName name,
                                                                ByteCount size) {
    co_return co_await spool_.open_draft(name, size);
}

Task<Result<>> S3Store::discard_drafts(UploadId id) {
    co_return co_await spool_.discard_drafts(id);
}

Task<Result<std::vector<ports::DraftName>>> S3Store::list_drafts() {
    co_return co_await spool_.list_drafts();
}

Task<Result<std::unique_ptr<ports::BlobReader>>> S3Store::open_staged(UploadId id) {
    auto reader = co_await spool_.open_staged(id);
    if (!reader && reader.error().code == Errc::not_found) {
        // Sealed, and not sent yet.
        reader = co_await spool_.open_published(id);
    }
    if (!reader && reader.error().code == Errc::not_found) {
        co_return std::unexpected(co_await why_not_staged(id, std::move(reader.error())));
    }
    co_return reader;
}

// Of what the spool does not have.
Task<Error> S3Store::why_not_staged(UploadId id, Error error) {
    const auto uploads = co_await uploads_in_use(id);
    if (!uploads) {
        co_return uploads.error();
    }
    const bool goes_through = !uploads->empty() && !(co_await is_published(id)).value_or(false);
    co_return goes_through ? Error{Errc::unsupported, "what goes through cannot be read before"}
                           : std::move(error);
}

Task<Result<ByteCount>> S3Store::free_space() {
    co_return co_await spool_.free_space();
}

Task<Result<std::vector<ports::StagedBlob>>> S3Store::list_staged() {
    auto staged = co_await spool_.list_staged();
    if (!staged) {
        co_return staged;
    }
    const auto with_uploads = co_await list_blobs_with_uploads();
    if (!with_uploads) {
        co_return std::unexpected(with_uploads.error());
    }
    for (const UploadId id : *with_uploads) {
        if (std::ranges::find(*staged, id, &ports::StagedBlob::id) == staged->end()) {
            staged->push_back({.id = id, .capacity = {}});
        }
    }
    co_return staged;
}

// Of the whole bucket: MinIO lists no uploads below a prefix.
Task<Result<std::vector<UploadId>>> S3Store::list_blobs_with_uploads() {
    const auto trashed = co_await markers_.all_uploads();
    if (!trashed) {
        co_return std::unexpected(trashed.error());
    }
    const ClientPair clients = co_await access_.clients->here();
    std::set<UploadId> ids;
    MultipartQuery query{.bucket = access_.bucket, .prefix = "", .after = {}};
    do {
        const auto call = [&] { return clients.calls->list_multiparts(query); };
        auto page = co_await persist<MultipartPage>(*clients.calls, access_.patience,
                                                    Repeatable::anyway, call);
        if (!page) {
            co_return std::unexpected(std::move(page.error()));
        }
        for (const OpenMultipart& upload : page->uploads) {
            const auto id = access_.id_of(upload.key);
            if (id && std::ranges::find(*trashed, upload.upload_id) == trashed->end()) {
                ids.insert(*id);
            }
        }
        query.after = page->next;
    } while (query.after);
    if (auto added = co_await add_blobs_apart(*trashed, ids); !added) {
        co_return std::unexpected(std::move(added.error()));
    }
    co_return std::vector<UploadId>(ids.begin(), ids.end());
}

Task<Result<>> S3Store::add_blobs_apart(const std::vector<std::string>& trashed,
                                        std::set<UploadId>& ids) {
    const auto apart = co_await parts_.list();
    if (!apart) {
        co_return std::unexpected(apart.error());
    }
    for (const PartGroup& group : *apart) {
        if (std::ranges::find(trashed, group.as_upload()) == trashed.end()) {
            ids.insert(group.id);
        }
    }
    co_return Result<>{};
}

Task<Result<std::vector<UploadId>>> S3Store::list_published(std::optional<UploadId> after,
                                                            std::size_t limit) {
    const auto trashed = co_await markers_.list();
    if (!trashed) {
        co_return std::unexpected(trashed.error());
    }
    std::set<UploadId> hidden;
    for (const ports::TrashedBlob& blob : *trashed) {
        if (blob.was == ports::BlobState::published) {
            hidden.insert(blob.id);
        }
    }
    const ClientPair clients = co_await access_.clients->here();
    std::vector<UploadId> ids;
    ObjectQuery query{.bucket = access_.bucket,
                      .prefix = access_.files(),
                      .delimiter = "",
                      .after = after ? access_.file(*after).key : "",
                      .page = {}};
    do {
        const auto call = [&] { return clients.calls->list_objects(query); };
        auto page = co_await persist<ObjectPage>(*clients.calls, access_.patience,
                                                 Repeatable::anyway, call);
        if (!page) {
            co_return std::unexpected(std::move(page.error()));
        }
        for (const ListedObject& object : page->objects) {
            const auto id = access_.id_of(object.key);
            if (id && !hidden.contains(*id) && ids.size() < limit) {
                ids.push_back(*id);
            }
        }
        query.page = std::move(page->next);
    } while (query.page && ids.size() < limit);
    co_return ids;
}

Task<Result<std::vector<std::string>>> S3Store::open_uploads(UploadId id) {
    auto uploads = co_await open_multiparts(id);
    if (!uploads) {
        co_return uploads;
    }
    const auto apart = co_await parts_.list_of(id);
    if (!apart) {
        co_return std::unexpected(apart.error());
    }
    for (const PartGroup& group : *apart) {
        uploads->push_back(group.as_upload());
    }
    co_return uploads;
}

Task<Result<std::vector<std::string>>> S3Store::open_multiparts(UploadId id) {
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] { return list_uploads_of(*clients.calls, access_.file(id)); };
    const auto open = co_await persist<std::vector<OpenMultipart>>(*clients.calls, access_.patience,
                                                                   Repeatable::anyway, call);
    if (!open) {
        co_return std::unexpected(open.error());
    }
    std::vector<std::string> uploads;
    std::ranges::transform(*open, std::back_inserter(uploads), &OpenMultipart::upload_id);
    co_return uploads;
}

// Those that are not in the trash.
Task<Result<std::vector<std::string>>> S3Store::uploads_in_use(UploadId id) {
    auto uploads = co_await open_uploads(id);
    if (!uploads || uploads->empty()) {
        co_return uploads;
    }
    const auto trashed = co_await markers_.uploads_of(id);
    if (!trashed) {
        co_return trashed;
    }
    std::erase_if(*uploads, [&](const std::string& upload) {
        return std::ranges::find(*trashed, upload) != trashed->end();
    });
    co_return uploads;
}

// A part that was on its way may bring an upload back, so it is looked again until none is left.
Task<Result<>> S3Store::abort_uploads(UploadId id) {
    const ClientPair clients = co_await access_.clients->here();
    const auto call = [&] { return abort_once(id); };
    co_return co_await persist<void>(*clients.calls, access_.patience, Repeatable::anyway, call);
}

Task<Result<>> S3Store::abort_once(UploadId id) {
    auto uploads = co_await uploads_in_use(id);
    if (!uploads || uploads->empty()) {
        co_return uploads ? Result<>() : std::unexpected(std::move(uploads.error()));
    }
    if (auto aborted = co_await abort_uploads(id, *std::move(uploads)); !aborted) {
        co_return aborted;
    }
    const auto left = co_await uploads_in_use(id);
    if (!left) {
        co_return std::unexpected(left.error());
    }
    co_return left->empty() ? Result<>()
                            : failure(Errc::unavailable, "an aborted upload is still listed");
}

Task<Result<>> S3Store::abort_uploads(UploadId id, std::vector<std::string> uploads) {
    const ClientPair clients = co_await access_.clients->here();
    for (const std::string& upload : uploads) {
        if (auto group = PartGroup::of_upload(id, upload)) {
            if (auto removed = co_await parts_.remove(*std::move(group)); !removed) {
                co_return removed;
            }
            continue;
        }
        const MultipartName name{access_.file(id), upload};
        const auto call = [&] { return clients.calls->abort_multipart(name); };
        auto aborted =
            co_await persist<void>(*clients.calls, access_.patience, Repeatable::anyway, call);
        if (!aborted && aborted.error().code != Errc::not_found) {
            co_return aborted;
        }
    }
    co_return Result<>{};
}

}  // namespace slipway::adapters::s3
