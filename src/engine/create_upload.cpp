#include "engine/create_upload.hpp"

#include <span>

#include "core/part_plan.hpp"
#include "engine/events/upload_events.hpp"
#include "engine/upload_tasks/completion_task.hpp"
#include "engine/upload_tasks/digest_task.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

UploadId random_id(ports::Random& random) {
    UploadId::Bytes bytes{};
    random.fill(std::as_writable_bytes(std::span(bytes)));
    return UploadId(bytes);
}

}  // namespace

Task<Outcome<core::Upload>> CreateUpload::run(RequestContext context, NewUpload wanted) {
    const WallTime now = world_.clock.wall();
    core::Upload upload;
    upload.id = random_id(world_.random);
    upload.owner = context.owner;
    upload.storage_node = world_.store.name();
    upload.file_name = std::move(wanted.file_name);
    upload.content_type = std::move(wanted.content_type);
    upload.plan = wanted.plan;
    upload.checksum = wanted.checksum;
    upload.declared = wanted.declared;
    upload.complete_when_full = wanted.complete_when_full;
    upload.metadata = std::move(wanted.metadata);
    upload.created_at = now;
    upload.expires_at = now + wanted.expires_in.value_or(world_.options.default_expiry);

    // First of all: a task that finds no upload ends, an upload without its task would wait for
    // ever.
    if (const auto planned = co_await plan_tasks(upload); !planned) {
        co_return refuse(planned.error(), "plan_tasks", context.request_id);
    }
    const auto blob = co_await world_.store.create(upload.id, core::capacity_of(upload.plan));
    if (!blob) {
        co_return refuse(blob.error(), "create_blob", context.request_id);
    }
    auto event =
        event_of(world_, core::EventKind::upload_created, upload, context.request_id.trace);
    const auto recorded = co_await world_.catalog.create_upload(upload, std::move(event));
    if (!recorded) {
        // After outcome_unknown the record may exist: then the blob must stay, for recovery to
        // compare.
        if (recorded.error().code != Errc::outcome_unknown) {
            const auto removed = co_await world_.store.remove(upload.id);
            if (!removed) {
                telemetry::log(
                    telemetry::Level::warn, "blob_left_behind",
                    {{"upload_id", upload.id.to_string()}, {"detail", removed.error().detail}});
            }
        }
        co_return refuse(recorded.error(), "create_upload", context.request_id);
    }
    world_.wake_relay();
    world_.sessions.created(upload.id);
    world_.metrics.uploads_created.add();
    telemetry::log(telemetry::Level::info, "upload_created",
                   {{"upload_id", upload.id.to_string()},
                    {"total_parts", std::uint64_t{upload.plan.total_parts}},
                    {"part_size", upload.plan.part_size.value()},
                    {"request_id", context.request_id}});
    co_return upload;
}

Task<Result<>> CreateUpload::plan_tasks(const core::Upload& upload) {
    const bool declares = upload.declared.sha256 || upload.declared.md5;
    if (declares && core::capacity_of(upload.plan) > world_.options.digest_inline) {
        if (auto planned = co_await plan_digest(world_, upload.id); !planned) {
            co_return planned;
        }
    }
    if (upload.complete_when_full) {
        co_return co_await plan_completion(world_, upload.id);
    }
    co_return Result<>();
}

}  // namespace slipway::engine
