// What each call of the task queue checks and writes (ports/task_queue.hpp), within a transaction.
// Rows are locked in one order: the key, then the task.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "adapters/mariadb/client/database.hpp"
#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "core/task_lifecycle.hpp"
#include "ports/task_queue.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

Task<Result<ports::Enqueued>> enqueue(Session& session, Attempt attempt, core::NewTask wanted);
// What another transaction is just claiming is passed over.
Task<Result<std::optional<core::QueuedTask>>> claim(Session& session, ports::ClaimRequest request);
using TaskStep = std::function<core::HeldStep(const core::QueuedTask&)>;
// Replaces the task by what the step makes of it. conflict: the step says that the lease is stale.
Task<Result<core::QueuedTask>> hold(Session& session, TaskId id, TaskStep step);
Task<Result<std::size_t>> release_dead(Session& session, std::string living, WallTime now);
Task<Result<>> wake(Session& session, std::string dedupe_key, WallTime now);
Task<Result<>> retry_dead(Session& session, Attempt attempt, TaskId id, WallTime now);
Task<Result<std::size_t>> forget_finished(Session& session, ports::ForgetRequest request);

Task<Result<ports::TaskPage>> list_tasks(Session& session, core::TaskStatus status,
                                         ports::TaskPageRequest page);
Task<Result<ports::TaskStats>> task_stats(Session& session, WallTime now);

}  // namespace slipway::adapters::mariadb
