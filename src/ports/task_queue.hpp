// TaskQueue: background work that survives crashes. A task is claimed under a lease, may keep
// checkpoints, and ends once; the rules of each step are core/task_lifecycle.hpp.
//
// Every change is durable when its call completes with a value, and is atomic: a crash leaves all
// of it or nothing. Changes to one task are linearizable. A call that carries a lease is refused
// with Errc::conflict when the task has been claimed again, given back, ended or forgotten since:
// that worker is stale and can change nothing. Time alone refuses nobody: after the lease's end and
// before another claim its holder may still write and renew it. Reads see every change acknowledged
// before them.
//
// Times come from the caller's clock. A clock that jumps may let a lease end early, and then two
// workers may run one task for a while; only the later one's writes are accepted.
//
// Errors, all calls: unavailable (stopping, or the engine is away: nothing was changed),
// outcome_unknown (the commit may or may not have happened: heartbeat, checkpoint and finish may be
// repeated under the same lease), corrupted (a record does not decode; it is neither served nor
// claimed), too_large (bytes or text above the bounds of core/queued_task.hpp; errors are shortened
// instead).
//
// All calls may overlap, from any event loop. Cancelling the caller does not undo a change that was
// handed in.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/queued_task.hpp"
#include "core/task_lifecycle.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

// The task that will do what was asked for: the new one, or one that is unfinished and has the same
// dedupe key.
struct Enqueued {
    TaskId id;
    bool existed = false;
};

struct ClaimRequest {
    std::string owner;  // of this start of this process: never used again after a crash
    std::vector<core::TaskKind> kinds;
    WallTime now;
    std::chrono::milliseconds lease_length{0};
};

// A position in a list of one status, which is in the order of core::listed_at, then of ids.
struct TaskPosition {
    WallTime listed_at;
    TaskId id;
    friend auto operator<=>(const TaskPosition&, const TaskPosition&) = default;
};

struct TaskPageRequest {
    std::optional<TaskPosition> after;
    std::size_t limit = 100;
};

// `next` is set when there is more: hand it in as `after`.
struct TaskPage {
    std::vector<core::QueuedTask> items;
    std::optional<TaskPosition> next;
};

struct ForgetRequest {
    core::TaskStatus status = core::TaskStatus::done;  // done or dead
    WallTime finished_before;
    std::size_t limit = 1000;
};

struct TaskStats {
    std::array<std::size_t, core::kTaskStatuses> counts{};  // in the order of core::TaskStatus
    // When the claimable task that has waited longest became due; nothing where none is due.
    std::optional<WallTime> oldest_due;

    std::size_t count(core::TaskStatus status) const {
        return counts[static_cast<std::size_t>(status) - 1];
    }
};

class TaskQueue {
 public:
    virtual ~TaskQueue() = default;

    // A dead task does not count as unfinished: what it was for may be asked for again.
    // conflict: the id exists and the dedupe key does not say that it is the same.
    virtual Task<Result<Enqueued>> enqueue(core::NewTask wanted) = 0;

    // The claimable task of these kinds with the highest priority, and among those the one that has
    // been due the longest; running, under a lease of this owner. Nothing where none is due. Its
    // cost does not grow with the number of tasks.
    virtual Task<Result<std::optional<core::QueuedTask>>> claim(ClaimRequest request) = 0;

    // Under a lease; each answers the task as it is then.
    virtual Task<Result<core::QueuedTask>> heartbeat(core::TaskLease lease, WallTime now,
                                                     std::chrono::milliseconds lease_length) = 0;
    virtual Task<Result<core::QueuedTask>> checkpoint(core::TaskLease lease, std::string bytes) = 0;
    virtual Task<Result<core::QueuedTask>> finish(core::TaskLease lease, std::string result,
                                                  WallTime now) = 0;
    virtual Task<Result<core::QueuedTask>> fail(core::TaskLease lease,
                                                core::TaskFailure failure) = 0;
    virtual Task<Result<core::QueuedTask>> snooze(core::TaskLease lease, WallTime not_before,
                                                  WallTime now) = 0;

    // Gives back every running task whose owner is not `living`, and says how many. Only where one
    // process uses the queue, on its start: all other owners are dead then.
    virtual Task<Result<std::size_t>> release_dead(std::string living, WallTime now) = 0;
    // Somebody knows that the unfinished task with this dedupe key can go on now.
    // not_found: there is none.
    virtual Task<Result<>> wake(std::string dedupe_key, WallTime now) = 0;
    // not_found: no such task. conflict: it is not dead, or another unfinished task has its key.
    virtual Task<Result<>> retry_dead(TaskId id, WallTime now) = 0;
    // Removes final tasks, the oldest first, and says how many. invalid: the status is not final.
    virtual Task<Result<std::size_t>> forget_finished(ForgetRequest request) = 0;

    // not_found: no such task.
    virtual Task<Result<core::QueuedTask>> find(TaskId id) = 0;
    // The task that was enqueued last with this key, also when it has ended.
    // not_found: none, or it is forgotten.
    virtual Task<Result<core::QueuedTask>> find_by_key(std::string dedupe_key) = 0;
    virtual Task<Result<TaskPage>> list(core::TaskStatus status, TaskPageRequest page) = 0;
    // Cheap: for every scrape of the metrics.
    virtual Task<Result<TaskStats>> stats(WallTime now) = 0;
};

}  // namespace slipway::ports
