#include "engine/upkeep/stuck_completions.hpp"

#include "engine/complete_upload.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

Task<Result<std::size_t>> StuckCompletions::look() {
    std::size_t carried_on = 0;
    suspects_.begin_pass();
    ports::PageRequest page;
    do {
        const auto completing =
            co_await world_.catalog.list_uploads(core::UploadState::completing, page);
        if (!completing) {
            co_return std::unexpected(completing.error());
        }
        for (const core::Upload& upload : completing->items) {
            if (suspects_.has_waited({upload.id, upload.epoch}, world_.clock.steady(), kAge)) {
                carried_on += co_await carry_on(upload.id, upload.epoch) ? 1U : 0U;
            }
        }
        page.after = completing->next;
    } while (page.after);
    suspects_.end_pass();
    co_return carried_on;
}

Task<bool> StuckCompletions::carry_on(UploadId id, core::Epoch epoch) {
    const Turn turn = co_await world_.sessions.take_ending(id);
    auto upload = co_await world_.catalog.find_upload(id);
    if (!upload || upload->state != core::UploadState::completing || upload->epoch != epoch ||
        !upload->failure.empty()) {
        co_return false;
    }
    RequestContext context{.request_id = "sweep", .owner = upload->owner};
    const auto file =
        co_await CompleteUpload(world_).resume(std::move(context), std::move(*upload));
    if (file) {
        telemetry::log(telemetry::Level::info, "completion_carried_on",
                       {{"upload_id", id.to_string()}});
    }
    co_return file.has_value();
}

}  // namespace slipway::engine
