#include "engine/publish_upload.hpp"

#include <algorithm>
#include <utility>

#include "base/seeded_bug.hpp"
#include "core/lifecycle.hpp"
#include "core/part_plan.hpp"
#include "engine/copies/copy_requests.hpp"
#include "engine/events/upload_events.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

// But for the time at which it was completed.
core::File make_file(const core::Upload& upload, const ContentSummary& content) {
    core::File file;
    file.id = upload.id;
    file.owner = upload.owner;
    file.storage_node = core::home_of(upload).storage_node;
    file.name = upload.file_name;
    file.content_type = upload.content_type;
    file.plan = upload.plan;
    file.size = content.size;
    file.chain = content.chain;
    file.crc64nvme = content.crc64nvme;
    file.sha256 = upload.declared.sha256;
    file.md5 = upload.declared.md5;
    file.metadata = upload.metadata;
    return file;
}

}  // namespace

std::vector<ports::StoredPiece> pieces_in(std::uint32_t blob, std::span<const core::Part> parts) {
    std::vector<ports::StoredPiece> pieces;
    for (const core::Part& part : parts) {
        pieces.push_back(
            {part.number, part.size, core::copy_in(part, blob)->receipt, part.digests.sha256});
    }
    return pieces;
}

UploadBytes bytes_of(const Stores& stores, const core::Upload& upload,
                     std::span<const core::Part> parts) {
    UploadBytes bytes{.summary = summarise(parts), .pieces = {}, .extents = std::nullopt};
    const bool is_composed = stores.home_of(upload).composes(core::home_of(upload).placement);
    if (upload.plan.sizes == core::PartSizes::free && !is_composed) {
        bytes.extents.emplace(upload.plan, parts);
        return bytes;
    }
    bytes.is_scattered = std::ranges::any_of(
        parts, [&](const core::Part& part) { return core::copy_in(part, upload.home) == nullptr; });
    if (!bytes.is_scattered && (is_composed || stores.home_of(upload).needs_pieces())) {
        bytes.pieces = pieces_in(upload.home, parts);
    }
    return bytes;
}

Task<Outcome<core::File>> PublishUpload::run(RequestContext context, core::Upload upload,
                                             UploadBytes bytes) {
    Candidate candidate{std::move(upload), std::move(bytes)};
    return publish_and_record(std::move(context), std::move(candidate), std::nullopt, {});
}

Task<Result<>> PublishUpload::publish_ahead(UploadId id, std::optional<ports::DraftName> draft) {
    auto found = co_await find_completing(id);
    if (!found) {
        co_return std::unexpected(found.error());
    }
    if (!*found || !world_.stores.home_of((*found)->upload).publishes_slowly()) {
        co_return Result<>();
    }
    co_return co_await publish(std::move((*found)->upload), std::move((*found)->bytes), draft);
}

Task<Outcome<std::optional<core::File>>> PublishUpload::finish(
    RequestContext context, UploadId id, std::optional<ports::DraftName> draft,
    std::vector<core::FileCopy> copies) {
    const Turn turn = co_await world_.sessions.take_ending(id);
    auto found = co_await find_completing(id);
    if (!found) {
        co_return refuse(found.error(), "find_completing", context.request_id);
    }
    if (!*found) {
        co_return std::optional<core::File>();
    }
    const ContentSummary summary = (*found)->bytes.summary;
    auto file = world_.stores.home_of((*found)->upload).publishes_slowly()
                    ? co_await record(context, std::move((*found)->upload), summary, copies)
                    : co_await publish_and_record(context, std::move(**found), draft, copies);
    if (!file) {
        co_return std::unexpected(file.error());
    }
    co_return std::optional(std::move(*file));
}

Task<Result<std::optional<PublishUpload::Candidate>>> PublishUpload::find_completing(UploadId id) {
    auto upload = co_await world_.catalog.find_upload(id);
    if (!upload && upload.error().code != Errc::not_found) {
        co_return std::unexpected(upload.error());
    }
    if (!upload || upload->state != core::UploadState::completing) {
        co_return std::optional<Candidate>();
    }
    auto parts = co_await world_.catalog.list_parts(id);
    if (!parts) {
        co_return std::unexpected(parts.error());
    }
    const auto own = core::parts_of(upload->plan, std::move(*parts));
    auto bytes = bytes_of(world_.stores, *upload, own);
    co_return Candidate{std::move(*upload), std::move(bytes)};
}

Task<Result<>> PublishUpload::publish(core::Upload upload, UploadBytes bytes,
                                      std::optional<ports::DraftName> draft) {
    ports::Store& store = world_.stores.home_of(upload);
    if (bytes.is_scattered) {
        co_return failure(Errc::unavailable, "the parts are not yet brought together");
    }
    ports::Content content{.size = bytes.summary.size,
                           .crc64nvme = bytes.summary.crc64nvme,
                           .pieces = std::move(bytes.pieces)};
    if (draft) {
        co_return co_await store.publish_draft(*draft, std::move(content));
    }
    ports::BlobRef blob{upload.id, core::home_of(upload).placement};
    co_return co_await store.publish(std::move(blob), std::move(content));
}

Task<Outcome<core::File>> PublishUpload::publish_and_record(RequestContext context,
                                                            Candidate candidate,
                                                            std::optional<ports::DraftName> draft,
                                                            std::vector<core::FileCopy> copies) {
    const ContentSummary summary = candidate.bytes.summary;
    std::optional<Outcome<core::File>> too_early;
    if (has_bug(SeededBug::file_recorded_before_published)) {
        too_early = co_await record(context, candidate.upload, summary, copies);
    }
    const auto published =
        co_await publish(candidate.upload, std::move(candidate.bytes), std::move(draft));
    if (!published) {
        co_return refuse(published.error(), "publish", context.request_id);
    }
    if (too_early) {
        co_return *std::move(too_early);
    }
    co_return co_await record(context, std::move(candidate.upload), summary, std::move(copies));
}

Task<Outcome<core::File>> PublishUpload::record(RequestContext context, core::Upload upload,
                                                ContentSummary content,
                                                std::vector<core::FileCopy> copies) {
    const WallTime now = world_.clock.wall();
    core::File file = make_file(upload, content);
    file.completed_at = now;
    file.copies = std::move(copies);
    // Before the file is there: a crash leaves a task without a file, never a file without one.
    if (auto asked =
            co_await request_copy(world_, file.id, file.storage_node, context.request_id.trace);
        !asked) {
        co_return refuse(asked.error(), "request_copy", context.request_id);
    }
    core::Upload finished = core::finish(upload, now);
    auto event = completion_event(world_, finished, file, context.request_id.trace);
    const auto committed = co_await world_.catalog.complete_upload(
        upload.epoch, std::move(finished), file, std::move(event));
    if (!committed) {
        co_return refuse_change(committed.error(), "complete_upload", context.request_id,
                                Reason::assembling);
    }
    world_.wake_relay();
    world_.sessions.ended(upload.id);
    world_.metrics.uploads_completed.add();
    if (upload.direct) {
        world_.metrics.direct_uploads.add();
    }
    telemetry::log(telemetry::Level::info, "upload_completed",
                   {{"upload_id", upload.id.to_string()},
                    {"size", file.size.value()},
                    {"request_id", context.request_id}});
    co_return file;
}

}  // namespace slipway::engine
