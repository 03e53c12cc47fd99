#include "engine/files.hpp"

#include <string>

#include "base/seeded_bug.hpp"
#include "core/part_plan.hpp"
#include "engine/copies/copy_requests.hpp"
#include "engine/events/upload_events.hpp"
#include "engine/temporary/discard_blobs.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

Task<Outcome<core::File>> Files::find(RequestContext context, UploadId id) {
    auto file = co_await world_.catalog.find_file(id);
    if (!file && file.error().code != Errc::not_found) {
        co_return refuse(file.error(), "find_file", context.request_id);
    }
    if (!file || file->owner != context.owner) {
        co_return refuse(Reason::file_not_found, "there is no such file");
    }
    co_return std::move(*file);
}

Task<Outcome<core::File>> Files::find_current(RequestContext context, UploadId id) {
    auto file = co_await find(std::move(context), id);
    if (file && core::has_expired(*file, world_.clock.wall())) {
        co_return refuse(Reason::file_expired, "nobody claimed the file in time");
    }
    co_return file;
}

std::string Files::best_place_of(const core::File& file) {
    const ports::Store* active = world_.stores.active();
    if (active != nullptr && find_copy(file, active->name()) != nullptr) {
        return std::string(active->name());
    }
    if (world_.stores.is_up(file.storage_node)) {
        return file.storage_node;
    }
    for (const core::FileCopy& copy : file.copies) {
        if (world_.stores.is_up(copy.storage_node)) {
            world_.metrics.reads_from_copies.add();
            return copy.storage_node;
        }
    }
    return file.storage_node;
}

Task<Result<std::unique_ptr<ports::BlobReader>>> Files::open_blob(const core::File& file) {
    const std::string first = best_place_of(file);
    auto own = co_await world_.stores.at(first).open_published(file.id);
    if (!own) {
        world_.stores.note(first, own);
    }
    if (own && (*own)->size() == file.size) {
        co_return own;
    }
    for (const std::string& name : core::stores_of(file)) {
        if (name == first) {
            continue;
        }
        auto copy = co_await world_.stores.at(name).open_published(file.id);
        if (copy && (*copy)->size() == file.size) {
            world_.metrics.reads_from_copies.add();
            co_return copy;
        }
    }
    co_return own;
}

Task<Outcome<OpenFile>> Files::open(RequestContext context, UploadId id) {
    auto file = co_await find_current(context, id);
    if (!file) {
        co_return std::unexpected(file.error());
    }
    if (file->damaged_at) {
        co_return refuse(Reason::file_damaged, "the file's bytes do not have its digests");
    }
    auto reader = co_await open_blob(*file);
    if (!reader && reader.error().code == Errc::not_found) {
        // Deleted between the two look-ups, or a record without its bytes: the log tells which.
        telemetry::log(telemetry::Level::error, "file_without_blob",
                       {{"file_id", id.to_string()}, {"request_id", context.request_id}});
        co_return refuse(Reason::file_not_found, "there is no such file");
    }
    if (!reader) {
        co_return refuse(reader.error(), "open_blob", context.request_id);
    }
    if ((*reader)->size() != file->size) {
        co_return refuse(
            Error{Errc::corrupted, "blob " + id.to_string() + " does not have its file's size"},
            "open_blob", context.request_id);
    }
    co_return OpenFile{std::move(*file), std::shared_ptr<ports::BlobReader>(std::move(*reader))};
}

Task<Outcome<FileParts>> Files::parts(RequestContext context, UploadId id) {
    auto file = co_await find_current(context, id);
    if (!file) {
        co_return std::unexpected(file.error());
    }
    auto parts = co_await world_.catalog.list_parts(id);
    if (!parts) {
        co_return refuse(parts.error(), "list_parts", context.request_id);
    }
    auto own = core::parts_of(file->plan, std::move(*parts));
    co_return FileParts{std::move(*file), std::move(own)};
}

Task<Outcome<ports::Page<core::File>>> Files::list(RequestContext context,
                                                   ports::PageRequest page) {
    auto files = co_await world_.catalog.list_files(context.owner, page);
    if (!files) {
        co_return refuse(files.error(), "list_files", context.request_id);
    }
    std::erase_if(files->items, [now = world_.clock.wall()](const core::File& file) {
        return core::has_expired(file, now);
    });
    co_return std::move(*files);
}

Task<Outcome<>> Files::remove(RequestContext context, UploadId id) {
    const auto file = co_await find(context, id);
    if (!file) {
        co_return std::unexpected(file.error());
    }
    if (has_bug(SeededBug::removed_file_blob_first)) {
        static_cast<void>(co_await world_.stores.at(file->storage_node).remove(id));
    }
    auto event = deletion_event(world_, *file, context.request_id.trace);
    const auto forgotten = co_await world_.catalog.remove_file(id, std::move(event));
    if (!forgotten) {
        co_return refuse(forgotten.error(), "remove_file", context.request_id);
    }
    world_.wake_relay();
    co_await discard_blobs(world_, *file);
    world_.metrics.files_removed.add();
    telemetry::log(telemetry::Level::info, "file_removed",
                   {{"file_id", id.to_string()}, {"request_id", context.request_id}});
    co_return Outcome<>();
}

Task<Outcome<core::File>> Files::claim(RequestContext context, UploadId id, core::FileClaim claim) {
    if (auto visible = co_await find(context, id); !visible) {
        co_return visible;
    }
    auto file = co_await world_.catalog.claim_file(id, claim, world_.clock.wall());
    if (!file && file.error().code == Errc::not_found) {
        co_return refuse(Reason::file_not_found, "there is no such file");
    }
    if (!file) {
        co_return refuse(file.error(), "claim_file", context.request_id);
    }
    if (file->expires_at) {
        co_return refuse(Reason::file_expired, "nobody claimed the file in time");
    }
    if (!core::is_made_by(*file, claim)) {
        co_return refuse(Reason::file_claimed, "the file was claimed with other members");
    }
    world_.metrics.temporary_files_claimed.add();
    telemetry::log(telemetry::Level::info, "file_claimed",
                   {{"file_id", id.to_string()}, {"request_id", context.request_id}});
    co_return std::move(*file);
}

}  // namespace slipway::engine
