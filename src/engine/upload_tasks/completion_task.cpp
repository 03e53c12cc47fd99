#include "engine/upload_tasks/completion_task.hpp"

#include "core/lifecycle.hpp"
#include "engine/complete_upload.hpp"
#include "engine/upload_tasks/note_failure.hpp"
#include "engine/upload_tasks/task_names.hpp"
#include "telemetry/log.hpp"
#include "telemetry/trace_context.hpp"

namespace slipway::engine {

namespace {

// The last part wakes the task; this only bounds what a crash between the two can cost.
constexpr std::chrono::milliseconds kLookPause{60'000};
constexpr std::chrono::milliseconds kDigestPause{500};
constexpr const char* kGivenUp = "it could not be completed";

Task<Result<>> enqueue(World& world, UploadId id, std::string payload, WallTime not_before) {
    core::NewTask wanted{.id = random_task_id(world.random),
                         .kind = core::TaskKind::complete,
                         .priority = core::TaskPriority::urgent,
                         .subject = id.to_string(),
                         .payload = std::move(payload),
                         .dedupe_key = completion_key(id),
                         .created_at = world.clock.wall(),
                         .not_before = not_before};
    const auto enqueued = co_await world.tasks.enqueue(std::move(wanted));
    if (!enqueued) {
        co_return std::unexpected(enqueued.error());
    }
    co_return Result<>();
}

CompleteRequest request_of(const core::QueuedTask& task) {
    const auto requested = decode_requested_completion(task.payload);
    return {.upload = UploadId::parse(task.subject).value_or(UploadId()),
            .parts = std::nullopt,
            .sha256 = requested.sha256,
            .total_parts = requested.total_parts,
            .key = requested.key};
}

// What a refusal of Complete means to the task.
TaskOutcome judge(const Refusal& refusal) {
    switch (refusal.reason) {
        case Reason::verifying:
            return TaskSnoozed{kDigestPause};
        case Reason::parts_mismatch:
            return TaskSnoozed{kLookPause};
        case Reason::upload_not_found:
        case Reason::upload_aborted:
        case Reason::upload_expired:
        case Reason::upload_complete:
        case Reason::idempotency_key_reused:  // it is decided, by another
        case Reason::file_not_found:
        case Reason::assembling:  // by a task of its own
            return TaskDone{};
        case Reason::checksum_mismatch:
        case Reason::invalid_request:
            return TaskDone{refusal.detail};
        default:
            return TaskFailed{Error{Errc::unavailable, refusal.detail}};
    }
}

}  // namespace

Task<Result<>> plan_completion(World& world, UploadId id) {
    co_return co_await enqueue(world, id, {}, world.clock.wall() + kLookPause);
}

Task<Result<>> request_completion(World& world, UploadId id, RequestedCompletion requested) {
    auto asked = co_await enqueue(world, id, encode(requested), world.clock.wall());
    world.wake_workers();
    co_return asked;
}

Task<Result<std::optional<RequestedCompletion>>> find_requested(World& world, UploadId id) {
    const auto task = co_await world.tasks.find_by_key(completion_key(id));
    if (!task && task.error().code != Errc::not_found) {
        co_return std::unexpected(task.error());
    }
    if (!task || !core::is_unfinished(task->status)) {
        co_return std::optional<RequestedCompletion>();
    }
    co_return decode_requested_completion(task->payload);
}

Task<void> wake_completion(World& world, UploadId id) {
    const auto woken = co_await world.tasks.wake(completion_key(id), world.clock.wall());
    if (!woken && woken.error().code != Errc::not_found) {
        telemetry::log(telemetry::Level::warn, "completion_not_woken",
                       {{"upload_id", id.to_string()}, {"detail", woken.error().detail}});
    }
    world.wake_workers();
}

Task<Result<std::optional<Completion>>> completion_of(World& world, core::Upload upload) {
    if (core::is_final(upload.state)) {
        co_return upload.failure.empty()
            ? std::optional<Completion>()
            : std::optional(Completion{.failed = true, .reason = upload.failure});
    }
    const auto task = co_await world.tasks.find_by_key(completion_key(upload.id));
    if (!task && task.error().code != Errc::not_found) {
        co_return std::unexpected(task.error());
    }
    if (!upload.failure.empty() && (!task || !core::is_unfinished(task->status))) {
        co_return std::optional(Completion{.failed = true, .reason = upload.failure});
    }
    if (!task) {
        co_return std::optional<Completion>();
    }
    if (task->status == core::TaskStatus::dead) {
        co_return std::optional(Completion{.failed = true, .reason = kGivenUp});
    }
    co_return std::optional(Completion{.failed = !task->result.empty(), .reason = task->result});
}

Task<TaskOutcome> CompletionTask::run(TaskContext& context) {
    CompleteRequest request = request_of(context.task());
    const auto upload = co_await world_.catalog.find_upload(request.upload);
    if (!upload && upload.error().code != Errc::not_found) {
        co_return TaskFailed{upload.error()};
    }
    if (!upload) {
        // Also of an upload whose Create is just under way: it is planned before the record.
        const bool young = world_.clock.wall() - context.task().created_at < 2 * kLookPause;
        co_return young ? TaskOutcome(TaskSnoozed{kLookPause}) : TaskOutcome(TaskDone{});
    }
    RequestContext caller{.request_id = "task " + context.task().id.to_string(),
                          .owner = upload->owner};
    caller.request_id.trace = telemetry::parse_traceparent(
                                  decode_requested_completion(context.task().payload).traceparent)
                                  .value_or(telemetry::TraceContext());
    const auto file =
        co_await CompleteUpload(world_).attempt(std::move(caller), std::move(request));
    if (context.must_stop()) {
        co_return TaskStopped{};
    }
    if (file) {
        co_return TaskDone{};
    }
    auto outcome = judge(file.error());
    const auto* done = std::get_if<TaskDone>(&outcome);
    if (done != nullptr && !done->result.empty()) {
        const auto noted =
            co_await note_failure(world_, upload->id, core::UploadState::open, done->result);
        co_return noted ? outcome : TaskOutcome(TaskFailed{noted.error()});
    }
    co_return outcome;
}

Task<TaskOutcome> CompletionTask::give_up(TaskContext& context) {
    const auto id = UploadId::parse(context.task().subject).value_or(UploadId());
    const auto noted = co_await note_failure(world_, id, core::UploadState::open, kGivenUp);
    // Of a record that cannot be read nothing can be told, however long one waits.
    if (!noted && noted.error().code != Errc::corrupted) {
        co_return TaskFailed{noted.error()};
    }
    co_return co_await TaskHandler::give_up(context);
}

}  // namespace slipway::engine
