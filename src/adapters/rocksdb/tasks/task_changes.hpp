// What each changing call of the queue checks and writes (ports/task_queue.hpp), over a
// transaction. Every function checks first and writes last: one that fails has changed no task.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

#include "adapters/rocksdb/tasks/task_tables.hpp"
#include "adapters/rocksdb/transaction.hpp"
#include "base/result.hpp"
#include "core/queued_task.hpp"
#include "core/task_lifecycle.hpp"
#include "ports/task_queue.hpp"

namespace slipway::adapters::rocksdb {

// The tables of tasks while a group is collected.
struct TaskChanges {
    Transaction& changes;
    TaskTables& tables;
};

Result<ports::Enqueued> enqueue(TaskChanges to, const core::NewTask& wanted);
Result<std::optional<core::QueuedTask>> claim(TaskChanges to, const ports::ClaimRequest& request);
using TaskStep = std::function<core::HeldStep(const core::QueuedTask&)>;
// Replaces the task by what the step makes of it. conflict: the step says that the lease is stale.
Result<core::QueuedTask> hold(TaskChanges to, const core::TaskLease& lease, const TaskStep& step);
Result<std::size_t> release_dead(TaskChanges to, std::string_view living, WallTime now);
Result<> wake(TaskChanges to, std::string_view dedupe_key, WallTime now);
Result<> retry_dead(TaskChanges to, TaskId id, WallTime now);
Result<std::size_t> forget_finished(TaskChanges to, const ports::ForgetRequest& request);
// Changes nothing.
Result<ports::TaskStats> task_stats(TaskChanges of, WallTime now);

}  // namespace slipway::adapters::rocksdb
