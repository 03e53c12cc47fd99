#include "engine/upload_tasks/assembly_task.hpp"

#include <algorithm>
#include <span>
#include <sstream>
#include <utility>

#include "base/seeded_bug.hpp"
#include "core/part_plan.hpp"
#include "engine/publish_upload.hpp"
#include "engine/stores/file_copies.hpp"
#include "engine/stores/gather_parts.hpp"
#include "engine/stores/home_blob.hpp"
#include "engine/upload_tasks/note_failure.hpp"
#include "engine/upload_tasks/task_names.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

// Copied by one call into the store, between two looks at whether to stop.
constexpr ByteCount kSlice = 16_MiB;
// Until there may be room for the draft.
constexpr std::chrono::milliseconds kRoomPause{5'000};
// Between two attempts to reach a store that cannot be reached: a quarter of the time for which
// that has been tried.
constexpr std::chrono::milliseconds kShortestPause{500};
constexpr std::chrono::milliseconds kLongestPause{60'000};

std::uint64_t random_token(ports::Random& random) {
    std::uint64_t token = 0;
    random.fill(std::as_writable_bytes(std::span(&token, 1)));
    return token;
}

// Asking again may be answered otherwise, however often it was asked.
bool is_passing(Errc code) {
    return code == Errc::unavailable || code == Errc::throttled || code == Errc::outcome_unknown ||
           code == Errc::deadline_exceeded;
}

// No other attempt can make a file of it: what was published, or staged, are other bytes, or none.
bool is_damage(Errc code) {
    return code == Errc::corrupted || code == Errc::conflict || code == Errc::not_found ||
           code == Errc::invalid;
}

}  // namespace

Task<Result<>> request_assembly(World& world, UploadId id, const telemetry::TraceContext& trace) {
    core::NewTask wanted{.id = random_task_id(world.random),
                         .kind = core::TaskKind::assemble,
                         .priority = core::TaskPriority::urgent,
                         .subject = id.to_string(),
                         .payload = trace ? telemetry::format_traceparent(trace) : std::string(),
                         .dedupe_key = assembly_key(id),
                         .created_at = world.clock.wall(),
                         .not_before = std::nullopt};
    const auto enqueued = co_await world.tasks.enqueue(std::move(wanted));
    if (!enqueued) {
        co_return std::unexpected(enqueued.error());
    }
    world.wake_workers();
    co_return Result<>();
}

Task<Result<Assembly>> assembly_of(World& world, UploadId id) {
    const auto task = co_await world.tasks.find_by_key(assembly_key(id));
    if (!task && task.error().code != Errc::not_found) {
        co_return std::unexpected(task.error());
    }
    if (!task || task->status == core::TaskStatus::done) {
        co_return Assembly::none;
    }
    co_return task->status == core::TaskStatus::dead ? Assembly::given_up : Assembly::under_way;
}

std::optional<AssemblyPosition> AssemblyPosition::parse(const std::string& text) {
    std::istringstream in(text);
    AssemblyPosition position;
    std::uint64_t done = 0;
    if (!(in >> std::hex >> position.draft >> std::dec >> done)) {
        return std::nullopt;
    }
    position.done = ByteCount(done);
    return position.to_string() == text ? std::optional(position) : std::nullopt;
}

std::string AssemblyPosition::to_string() const {
    std::ostringstream out;
    out << std::hex << draft << std::dec << ' ' << done.value();
    return out.str();
}

TaskOutcome AssemblyTask::judge(const Error& error, const Job& job) const {
    if (job.context.must_stop()) {
        return TaskStopped{};
    }
    if (error.code == Errc::storage_full) {
        return TaskSnoozed{kRoomPause};
    }
    if (!(job.store.publishes_slowly() || world_.stores.are_several()) || !is_passing(error.code)) {
        return TaskFailed{error};
    }
    const auto tried = std::chrono::duration_cast<std::chrono::milliseconds>(
        world_.clock.wall() - job.context.task().created_at);
    telemetry::log(telemetry::Level::warn, "publication_waits",
                   {{"upload_id", job.context.task().subject}, {"detail", error.detail}});
    return TaskSnoozed{std::clamp(tried / 4, kShortestPause, kLongestPause)};
}

Task<TaskOutcome> AssemblyTask::run(TaskContext& context) {
    const auto id = UploadId::parse(context.task().subject);
    auto upload = co_await world_.catalog.find_upload(id.value_or(UploadId()));
    if (!upload && upload.error().code != Errc::not_found) {
        co_return TaskFailed{upload.error()};
    }
    if (!upload || upload->state != core::UploadState::completing) {
        co_return TaskDone{};
    }
    auto recorded = co_await world_.catalog.list_parts(*id);
    if (!recorded) {
        co_return TaskFailed{recorded.error()};
    }
    const auto parts = core::parts_of(upload->plan, std::move(*recorded));
    if (upload->plan.sizes == core::PartSizes::fixed && upload->blobs.size() > 1) {
        co_return co_await gather(std::move(*upload), parts, context);
    }
    core::ExtentMap extents(upload->plan, parts);
    const Job job{.id = *id, .store = world_.stores.home_of(*upload), .context = context};
    if (upload->plan.sizes == core::PartSizes::fixed || extents.is_in_order() ||
        job.store.composes(core::home_of(*upload).placement)) {
        co_return co_await finish(job, std::nullopt);
    }
    co_return co_await assemble(job, std::move(extents));
}

Task<TaskOutcome> AssemblyTask::gather(core::Upload upload, std::vector<core::Part> parts,
                                       TaskContext& context) {
    Job job{.id = upload.id, .store = world_.stores.home_of(upload), .context = context};
    auto settled = co_await HomeBlob(world_).settle(std::move(upload), parts);
    if (!settled) {
        co_return judge(settled.error(), job);
    }
    Job settled_job{.id = job.id, .store = world_.stores.home_of(*settled), .context = context};
    const auto gathered = co_await GatherParts(world_).run(*settled, std::move(parts), context);
    if (!gathered) {
        co_return co_await judge_publication(gathered.error(), settled_job);
    }
    if (context.must_stop()) {
        co_return TaskStopped{};
    }
    co_return co_await finish(settled_job, std::nullopt);
}

Task<TaskOutcome> AssemblyTask::assemble(Job job, core::ExtentMap extents) {
    const auto published = co_await is_published(job, extents.size());
    if (!published) {
        co_return judge(published.error(), job);
    }
    if (*published) {
        // A crash came between the rename and the commit; the draft is no more.
        co_return co_await finish(job, ports::DraftName{job.id, 0});
    }
    auto work = co_await open(job, extents.size());
    if (!work) {
        co_return judge(work.error(), job);
    }
    const auto copied = co_await copy_all(*work, extents, job.context);
    if (!copied) {
        co_return judge(copied.error(), job);
    }
    if (job.context.must_stop()) {
        co_return TaskStopped{};
    }
    co_return co_await finish(job, ports::DraftName{job.id, work->position.draft});
}

Task<Result<bool>> AssemblyTask::is_published(Job job, ByteCount size) {
    const auto reader = co_await job.store.open_published(job.id);
    if (!reader && reader.error().code == Errc::not_found) {
        co_return false;
    }
    if (!reader) {
        co_return std::unexpected(reader.error());
    }
    co_return (*reader)->size() == size;
}

Task<Result<AssemblyTask::Work>> AssemblyTask::open(Job job, ByteCount size) {
    Work work;
    if (const auto position = AssemblyPosition::parse(job.context.task().checkpoint)) {
        work.position = *position;
        auto draft = co_await job.store.open_draft({job.id, position->draft}, size);
        if (draft) {
            work.draft = std::move(*draft);
            co_return std::move(work);
        }
        if (draft.error().code != Errc::not_found) {
            co_return std::unexpected(draft.error());
        }
    }
    if (job.context.must_stop()) {
        co_return failure(Errc::cancelled, "the lease is lost, or the workers stop");
    }
    // What is left of earlier attempts takes room, and no checkpoint names it.
    if (const auto discarded = co_await job.store.discard_drafts(job.id); !discarded) {
        co_return std::unexpected(discarded.error());
    }
    work.position = {.draft = random_token(world_.random), .done = 0_B};
    auto draft = co_await job.store.create_draft({job.id, work.position.draft}, size);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    work.draft = std::move(*draft);
    co_return std::move(work);
}

Task<Result<>> AssemblyTask::copy_all(Work& work, const core::ExtentMap& extents,
                                      TaskContext& context) {
    ByteCount& done = work.position.done;
    ByteCount kept = done;
    while (done < extents.size() && !context.must_stop()) {
        const core::Run run = extents.run_at(ByteOffset(done.value()), kSlice);
        if (auto copied = co_await work.draft->copy({run.from, run.length}, run.to); !copied) {
            co_return copied;
        }
        done += run.length;
        world_.metrics.assembled_bytes.add(run.length.value());
        if (done < extents.size() && done - kept >= world_.options.assembly_checkpoint) {
            if (auto saved = co_await keep(work, context); !saved) {
                co_return saved;
            }
            kept = done;
        }
    }
    if (has_bug(SeededBug::draft_not_synced) || context.must_stop()) {
        co_return Result<>();
    }
    co_return co_await work.draft->sync();
}

Task<Result<>> AssemblyTask::keep(Work& work, TaskContext& context) {
    if (has_bug(SeededBug::draft_checkpoint_before_sync)) {
        co_return co_await context.checkpoint(work.position.to_string());
    }
    if (auto synced = co_await work.draft->sync(); !synced) {
        co_return synced;
    }
    co_return co_await context.checkpoint(work.position.to_string());
}

Task<TaskOutcome> AssemblyTask::finish(Job job, std::optional<ports::DraftName> draft) {
    RequestContext caller{.request_id = "task " + job.context.task().id.to_string(), .owner = {}};
    caller.request_id.trace = telemetry::parse_traceparent(job.context.task().payload)
                                  .value_or(telemetry::TraceContext());
    PublishUpload publisher(world_);
    const auto published = co_await publisher.publish_ahead(job.id, draft);
    world_.stores.note(job.store.name(), published);
    if (!published) {
        co_return co_await judge_publication(published.error(), job);
    }
    FileCopies others(world_);
    auto copies = co_await others.publish(job.id);
    const auto upload = co_await world_.catalog.find_upload(job.id);
    const auto file =
        co_await publisher.finish(std::move(caller), job.id, draft, std::move(copies));
    if (!file) {
        co_return judge(Error{Errc::unavailable, file.error().detail}, job);
    }
    if (!*file) {
        co_return TaskDone{};
    }
    if (draft) {
        co_await remove_copied(job);
    }
    if (upload) {
        co_await others.remove_others(*upload, **file);
    }
    co_return TaskDone{};
}

Task<void> AssemblyTask::remove_copied(Job job) {
    if (const auto removed = co_await job.store.remove_staged(job.id); !removed) {
        // The file is there; only the room is not yet free. The collector of orphans finds it.
        telemetry::log(telemetry::Level::error, "blob_left_behind",
                       {{"upload_id", job.id.to_string()}, {"detail", removed.error().detail}});
    }
}

Task<TaskOutcome> AssemblyTask::judge_publication(Error error, Job job) {
    if (job.context.must_stop() || !is_damage(error.code)) {
        co_return judge(error, job);
    }
    telemetry::log(telemetry::Level::error, "upload_damaged",
                   {{"upload_id", job.id.to_string()}, {"detail", error.detail}});
    const auto noted = co_await note_failure(
        world_, job.id, core::UploadState::completing,
        "the store does not hold the parts as they were acknowledged: abort it and begin anew");
    if (!noted) {
        co_return TaskFailed{noted.error()};
    }
    co_return TaskGivenUp{std::move(error)};
}

}  // namespace slipway::engine
