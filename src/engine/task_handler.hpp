// TaskHandler: what does the tasks of one kind, and TaskContext, what it is given to do one. A
// handler runs under a lease that is renewed for it; what it writes elsewhere must be safe to do
// again from the last checkpoint, because it may be ended at any point and begun anew there.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/result.hpp"
#include "core/queued_task.hpp"
#include "ports/task_queue.hpp"
#include "runtime/task.hpp"

namespace slipway::engine {

// How a run ended.
struct TaskDone {
    std::string result;
};
// It waits for something; the attempt does not count. TaskQueue::wake() ends the wait.
struct TaskSnoozed {
    std::chrono::milliseconds delay{0};
};
// Another attempt may help; after the last one the task is dead.
struct TaskFailed {
    Error error;
    // Not before this has passed, however the attempts are spaced.
    std::optional<std::chrono::milliseconds> retry_after = {};
};
// No further attempt can help: the task is dead.
struct TaskGivenUp {
    Error error;
};
// It was told to stop and did: must_stop(), or a checkpoint that was refused.
struct TaskStopped {};
using TaskOutcome = std::variant<TaskDone, TaskSnoozed, TaskFailed, TaskGivenUp, TaskStopped>;

// One run of one task. Outlives the handler's coroutine; checkpoint() is called on the loop on
// which the handler was started, one call at a time.
class TaskContext {
 public:
    TaskContext(ports::TaskQueue& queue, core::QueuedTask task, const std::atomic<bool>& stopping)
        : queue_(queue), task_(std::move(task)), stopping_(stopping) {}
    TaskContext(const TaskContext&) = delete;
    TaskContext& operator=(const TaskContext&) = delete;

    // With the newest checkpoint.
    const core::QueuedTask& task() const { return task_; }
    // The lease is another's, or the pool stops: the handler returns TaskStopped as soon as it can.
    // Thread-safe.
    bool must_stop() const { return lost() || stopping_.load(); }
    bool lost() const { return lost_.load(); }

    // Keeps where the work stands; durable on return. conflict: the lease is lost, and nothing was
    // kept. cancelled: it is kept, and the pool stops. Both mean: return TaskStopped. Others are
    // those of the queue.
    Task<Result<>> checkpoint(std::string bytes);
    // conflict: the lease is lost. For the pool, beside the handler.
    Task<Result<>> renew(WallTime now, std::chrono::milliseconds length);
    // It was not renewed in time: another may have it by now. For the pool.
    void lose() { lost_ = true; }

 private:
    // Notes a lost lease.
    Result<> judge(const Result<core::QueuedTask>& answer);

    ports::TaskQueue& queue_;
    core::QueuedTask task_;
    const std::atomic<bool>& stopping_;
    std::atomic<bool> lost_ = false;
};

// Outlives every run. Runs of different tasks overlap.
class TaskHandler {
 public:
    virtual ~TaskHandler() = default;
    // The context outlives the coroutine.
    virtual Task<TaskOutcome> run(TaskContext& context) = 0;
    // Instead, once the attempts of a task that has a last word are used up (core::has_last_word):
    // writes down wherever others look that it is given up, and answers TaskGivenUp. Any other
    // answer, and a crash, has it called again.
    virtual Task<TaskOutcome> give_up(TaskContext& context);
};

// What is due of the two.
Task<TaskOutcome> run_or_give_up(TaskHandler& handler, TaskContext& context);

}  // namespace slipway::engine
