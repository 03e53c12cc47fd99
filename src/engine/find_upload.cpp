#include "engine/find_upload.hpp"

#include "core/lifecycle.hpp"

namespace slipway::engine {

Task<Outcome<core::Upload>> FindUpload::find(RequestContext context, UploadId id) {
    auto upload = co_await world_.catalog.find_upload(id);
    if (!upload && upload.error().code != Errc::not_found) {
        co_return refuse(upload.error(), "find_upload", context.request_id);
    }
    if (!upload || upload->owner != context.owner) {
        co_return refuse(Reason::upload_not_found, "there is no such upload");
    }
    co_return std::move(*upload);
}

Task<Outcome<UploadStatus>> FindUpload::status(RequestContext context, UploadId id) {
    auto upload = co_await find(context, id);
    if (!upload) {
        co_return std::unexpected(upload.error());
    }
    auto parts = co_await world_.catalog.list_parts(id);
    if (!parts) {
        co_return refuse(parts.error(), "list_parts", context.request_id);
    }
    UploadStatus status{.upload = std::move(*upload), .state = {}, .parts = std::move(*parts)};
    status.state = core::state_at(status.upload, world_.clock.wall());
    if (status.state != core::UploadState::complete &&
        status.state != core::UploadState::completing) {
        auto completion = co_await completion_of(world_, status.upload);
        if (!completion) {
            co_return refuse(completion.error(), "completion_of", context.request_id);
        }
        status.completion = std::move(*completion);
    }
    co_return status;
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
