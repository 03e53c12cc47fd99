#include "engine/copies/copy_task.hpp"

#include <algorithm>

#include "engine/copies/compare_copy.hpp"
#include "engine/copies/copy_requests.hpp"
#include "engine/copies/file_copier.hpp"
#include "engine/events/upload_events.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

// Until the upload has become a file, or not.
constexpr std::chrono::milliseconds kRecordPause{2'000};
// Other changes of where the file lies, in a row.
constexpr unsigned kMostConflicts = 10;

}  // namespace

Task<TaskOutcome> CopyTask::run(TaskContext& context) {
    const UploadId id = UploadId::parse(context.task().subject).value_or(UploadId());
    // What is being copied is no orphan, though no record names it.
    const auto hold = world_.making->hold(id);
    const auto file = co_await world_.catalog.find_file(id);
    if (!file && file.error().code == Errc::not_found) {
        co_return co_await without_file(id);
    }
    if (!file) {
        co_return judge(file.error(), context);
    }
    ports::Store* target = world_.stores.copy_store_of(file->storage_node);
    if (target == nullptr || file->damaged_at || has_compared_copy(*file, target->name())) {
        co_return TaskDone{};
    }
    if (auto done = co_await bring_about(*file, *target, context); !done) {
        co_return judge(done.error(), context);
    }
    const auto trace =
        telemetry::parse_traceparent(context.task().payload).value_or(telemetry::TraceContext());
    if (auto recorded = co_await record(id, *target, trace); !recorded) {
        co_return judge(recorded.error(), context);
    }
    co_return TaskDone{};
}

Task<TaskOutcome> CopyTask::without_file(UploadId id) {
    const auto upload = co_await world_.catalog.find_upload(id);
    if (upload && upload->state == core::UploadState::completing) {
        co_return TaskSnoozed{kRecordPause};
    }
    if (!upload && upload.error().code != Errc::not_found) {
        co_return TaskFailed{upload.error()};
    }
    co_return TaskDone{};
}

TaskOutcome CopyTask::judge(const Error& error, const TaskContext& context) {
    if (context.must_stop()) {
        return TaskStopped{};
    }
    world_.metrics.copies_failed.add();
    // Of damage, reading it all again soon makes no difference; the scanner asks again.
    if (error.code == Errc::corrupted) {
        return TaskGivenUp{error};
    }
    return TaskFailed{error};
}

Task<Result<>> CopyTask::bring_about(core::File file, ports::Store& target,
                                     const TaskContext& context) {
    auto state = co_await compare_copy(world_, target, file, context);
    if (state && *state == CopyState::right) {
        co_return Result<>();
    }
    if (!state) {
        co_return std::unexpected(state.error());
    }
    if (*state == CopyState::wrong) {
        if (auto removed = co_await target.remove(file.id); !removed) {
            co_return removed;
        }
    }
    FileCopier copier(world_, target, context);
    if (auto copied = co_await copier.run(file); !copied) {
        co_return copied;
    }
    state = co_await compare_copy(world_, target, file, context);
    if (!state) {
        co_return std::unexpected(state.error());
    }
    co_return *state == CopyState::right
        ? Result<>()
        : failure(Errc::corrupted, "the store has other bytes than were sent to it");
}

Task<Result<>> CopyTask::record(UploadId id, ports::Store& target, telemetry::TraceContext trace) {
    const std::string name(target.name());
    for (unsigned tried = 0; tried < kMostConflicts; ++tried) {
        const auto file = co_await world_.catalog.find_file(id);
        if (!file && file.error().code == Errc::not_found) {
            co_return co_await target.remove(id);
        }
        if (!file) {
            co_return std::unexpected(file.error());
        }
        if (file->storage_node == name) {
            co_return Result<>();
        }
        core::FilePlaces next = core::places_of(*file);
        std::erase_if(next.copies, [&](const auto& copy) { return copy.storage_node == name; });
        next.copies.push_back({name, world_.clock.wall()});
        auto event = replication_event(world_, *file, name, trace);
        const auto set = co_await world_.catalog.set_file_places(id, core::places_of(*file),
                                                                 std::move(next), std::move(event));
        if (set) {
            world_.wake_relay();
            world_.metrics.files_copied.add();
            telemetry::log(telemetry::Level::info, "file_copied",
                           {{"file_id", id.to_string()}, {"store", name}});
            co_return Result<>();
        }
        if (set.error().code != Errc::conflict && set.error().code != Errc::not_found) {
            co_return set;
        }
    }
    co_return failure(Errc::unavailable, "where the file lies changes too often");
}

}  // namespace slipway::engine
