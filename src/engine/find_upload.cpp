#include "engine/find_upload.hpp"

#include "core/lifecycle.hpp"
#include "engine/direct/direct_upload.hpp"
#include "engine/stores/reach.hpp"
#include "engine/upload_tasks/assembly_task.hpp"

namespace slipway::engine {

namespace {

Task<Result<std::optional<Completion>>> assembly_as_completion(World& world,
                                                               const core::Upload& upload) {
    if (core::is_given_up(upload)) {
        co_return std::optional(Completion{.failed = true, .reason = upload.failure});
    }
    const auto assembly = co_await assembly_of(world, upload.id);
    if (!assembly) {
        co_return std::unexpected(assembly.error());
    }
    switch (*assembly) {
        case Assembly::none:
            co_return std::optional<Completion>();
        case Assembly::under_way:
            co_return std::optional(Completion{});
        case Assembly::given_up:
            break;
    }
    co_return std::optional(
        Completion{.failed = true, .reason = "the parts could not be brought together"});
}

}  // namespace

Task<Outcome<core::Upload>> FindUpload::find(RequestContext context, UploadId id) {
    return find_in(world_.catalog, std::move(context), id);
}

Task<Outcome<core::Upload>> FindUpload::find_in(ports::Catalog& catalog, RequestContext context,
                                                UploadId id) {
    auto upload = co_await catalog.find_upload(id);
    if (!upload && upload.error().code != Errc::not_found) {
        co_return refuse(upload.error(), "find_upload", context.request_id);
    }
    if (!upload || upload->owner != context.owner) {
        co_return refuse(Reason::upload_not_found, "there is no such upload");
    }
    co_return std::move(*upload);
}

Task<Outcome<UploadStatus>> FindUpload::status(RequestContext context, UploadId id) {
    auto upload = co_await find_in(recent_catalog(world_), context, id);
    if (!upload) {
        co_return std::unexpected(upload.error());
    }
    const auto state = core::state_at(*upload, world_.clock.wall());
    auto parts = co_await recorded_or_listed(context, *upload, state);
    if (!parts) {
        co_return std::unexpected(parts.error());
    }
    UploadStatus status{.upload = std::move(*upload), .state = state, .parts = std::move(*parts)};
    if (status.state == core::UploadState::open) {
        drop_lost(world_, status.upload, status.parts);
    }
    if (status.state != core::UploadState::complete) {
        auto completion = status.state == core::UploadState::completing
                              ? co_await assembly_as_completion(world_, status.upload)
                              : co_await completion_of(world_, status.upload);
        if (!completion) {
            co_return refuse(completion.error(), "completion_of", context.request_id);
        }
        status.completion = std::move(*completion);
    }
    co_return status;
}

Task<Outcome<std::vector<core::Part>>> FindUpload::recorded_or_listed(RequestContext context,
                                                                      const core::Upload& upload,
                                                                      core::UploadState state) {
    if (upload.direct && state == core::UploadState::open) {
        co_return co_await DirectUpload(world_).list_parts(context, upload);
    }
    auto parts = co_await recent_catalog(world_).list_parts(upload.id);
    if (!parts) {
        co_return refuse(parts.error(), "list_parts", context.request_id);
    }
    co_return std::move(*parts);
}

Task<Outcome<ports::Page<core::Upload>>> FindUpload::list_open(RequestContext context,
                                                               ports::PageRequest page) {
    auto uploads = co_await world_.catalog.list_open_uploads(context.owner, page);
    if (!uploads) {
        co_return refuse(uploads.error(), "list_open_uploads", context.request_id);
    }
    co_return std::move(*uploads);
}

}  // namespace slipway::engine
