#include "engine/create_upload.hpp"

#include <span>

#include "core/part_plan.hpp"
#include "engine/direct/direct_upload.hpp"
#include "engine/events/upload_events.hpp"
#include "engine/fingerprint.hpp"
#include "engine/stores/blob_layout.hpp"
#include "engine/stores/create_blob.hpp"
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

core::Upload make_upload(const World& world, const RequestContext& context, NewUpload wanted) {
    core::Upload upload;
    if (wanted.idempotency_key) {
        upload.idempotency = {.key = *wanted.idempotency_key,
                              .fingerprint = fingerprint_of(wanted)};
    }
    upload.id = random_id(world.random);
    upload.owner = context.owner;
    upload.file_name = std::move(wanted.file_name);
    upload.content_type = std::move(wanted.content_type);
    upload.plan = wanted.plan;
    upload.checksum = wanted.checksum;
    upload.declared = wanted.declared;
    upload.complete_when_full = wanted.complete_when_full;
    upload.direct = wanted.direct;
    upload.metadata = std::move(wanted.metadata);
    upload.created_at = world.clock.wall();
    upload.expires_at =
        upload.created_at + wanted.expires_in.value_or(world.options.default_expiry);
    return upload;
}

// The answer where none is to be created.
std::optional<Outcome<core::Upload>> settled(const ports::CreateUploadOutcome& outcome,
                                             const core::Upload& wanted) {
    if (const auto* refused = std::get_if<ports::QuotaRefused>(&outcome)) {
        return refuse(refused->excess);
    }
    if (const auto* already = std::get_if<ports::AlreadyCreated>(&outcome)) {
        if (already->existing.idempotency != wanted.idempotency) {
            return refuse(Reason::idempotency_key_reused,
                          "the key was used for a request that asked for something else");
        }
        return already->existing;
    }
    return std::nullopt;
}

}  // namespace

Task<Outcome<core::Upload>> CreateUpload::run(RequestContext context, NewUpload wanted) {
    core::Upload upload = make_upload(world_, context, std::move(wanted));
    ports::Store* const direct_to = upload.direct ? world_.stores.choose(world_.random) : nullptr;
    if (upload.direct && direct_to == nullptr) {
        co_return refuse(Reason::busy, "no store is up");
    }
    if (upload.direct) {
        if (auto refused = why_not_direct(*direct_to, upload, layout_of(upload))) {
            co_return std::unexpected(*std::move(refused));
        }
    }
    const auto foreseen = co_await world_.catalog.preview_upload(upload, world_.options.quota);
    if (!foreseen) {
        co_return refuse(foreseen.error(), "preview_upload", context.request_id);
    }
    if (auto answer = settled(*foreseen, upload)) {
        co_return std::move(*answer);
    }
    // First of all: a task that finds no upload ends, an upload without its task would wait for
    // ever.
    if (const auto planned = co_await plan_tasks(upload); !planned) {
        co_return refuse(planned.error(), "plan_tasks", context.request_id);
    }
    // The store that was asked whether it can be direct, and no other.
    const auto layout = layout_of(upload);
    auto blob = direct_to != nullptr
                    ? co_await create_blob_in(world_, *direct_to, upload.id, layout)
                    : co_await create_blob(world_, upload.id, layout);
    if (!blob) {
        co_return refuse(blob.error(), "create_blob", context.request_id);
    }
    upload.blobs = {std::move(*blob)};
    co_return co_await record(context, std::move(upload));
}

Task<Outcome<core::Upload>> CreateUpload::record(RequestContext context, core::Upload upload) {
    auto event =
        event_of(world_, core::EventKind::upload_created, upload, context.request_id.trace);
    const auto recorded =
        co_await world_.catalog.create_upload(upload, world_.options.quota, std::move(event));
    const bool created = recorded && std::holds_alternative<ports::UploadCreated>(*recorded);
    // After outcome_unknown the record may exist: then the blob must stay, for recovery to compare.
    if (!created && (recorded || recorded.error().code != Errc::outcome_unknown)) {
        const auto removed = co_await world_.stores.home_of(upload).remove(upload.id);
        if (!removed) {
            telemetry::log(
                telemetry::Level::warn, "blob_left_behind",
                {{"upload_id", upload.id.to_string()}, {"detail", removed.error().detail}});
        }
    }
    if (!recorded) {
        co_return refuse(recorded.error(), "create_upload", context.request_id);
    }
    if (auto answer = settled(*recorded, upload)) {
        co_return std::move(*answer);
    }
    world_.wake_relay();
    if (world_.shared == nullptr) {
        world_.sessions.created(upload.id);
    }
    world_.metrics.uploads_created.add();
    telemetry::log(telemetry::Level::info, "upload_created",
                   {{"upload_id", upload.id.to_string()},
                    {"total_parts", std::uint64_t{upload.plan.total_parts}},
                    {"part_size", upload.plan.part_size.value()},
                    {"direct", upload.direct},
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
