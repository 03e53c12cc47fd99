#include "engine/access/revoke_urls.hpp"

#include <cstdint>
#include <utility>

#include "core/lifecycle.hpp"
#include "engine/find_upload.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

Task<Outcome<core::Upload>> RevokeUrls::run(RequestContext context, UploadId id) {
    FindUpload finder(world_);
    // Who may not see the upload does not queue for it.
    if (auto visible = co_await finder.find(context, id); !visible) {
        co_return std::unexpected(visible.error());
    }
    const Turn turn = co_await world_.sessions.take_ending(id);
    auto upload = co_await finder.find(context, id);
    if (!upload) {
        co_return std::unexpected(upload.error());
    }
    const auto state = core::state_at(*upload, world_.clock.wall());
    if (state != core::UploadState::open) {
        co_return std::unexpected(not_open(state));
    }
    if (upload->direct) {
        co_return refuse(Reason::direct_unsupported,
                         "the store's URLs end by their time, or when the upload is aborted");
    }
    core::Upload next = core::revoke_urls(*upload);
    const auto revoked = co_await world_.catalog.advance_upload(upload->epoch, next);
    if (!revoked) {
        co_return refuse_change(revoked.error(), "revoke_urls", context.request_id);
    }
    telemetry::log(telemetry::Level::info, "urls_revoked",
                   {{"upload_id", id.to_string()},
                    {"epoch", std::uint64_t{next.epoch}},
                    {"request_id", context.request_id}});
    co_return next;
}

}  // namespace slipway::engine
