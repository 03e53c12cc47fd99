// The rows of tasks, and of the keys that lead to them: read and written, nothing decided.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mariadb/catalog/rows.hpp"
#include "adapters/mariadb/client/session.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/queued_task.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

// Nothing where there are not as many bytes as an id has.
std::optional<TaskId> task_id_of(std::string_view bytes);
std::string bytes_of_task(TaskId id);

// Nothing: there is no such row. corrupted: its record does not decode.
Task<Result<std::optional<core::QueuedTask>>> load_task(Session& session, TaskId id, Lock lock);
// The task that the key leads to; the key's row gets the same lock.
Task<Result<std::optional<core::QueuedTask>>> load_task_by_key(Session& session, std::string key,
                                                               Lock lock);
// What a key leads to. A key that is not there is not locked: of two that add it, one fails.
struct LockedKey {
    bool exists = false;
    std::optional<core::QueuedTask> unfinished;
};
Task<Result<LockedKey>> lock_key(Session& session, std::string key);
Task<Result<>> insert_task(Session& session, core::QueuedTask task);
Task<Result<>> update_task(Session& session, core::QueuedTask task);
// And its key, where it leads to it.
Task<Result<>> erase_task(Session& session, TaskId id);
// Lets the task's key, which was locked, lead to it.
Task<Result<>> point_key(Session& session, LockedKey key, core::QueuedTask task);
// Takes a task whose record cannot be read out of the tasks that are due, and tells it in the log:
// one damaged record must not stand in the way of all others. It stays in the list of its status.
Task<Result<>> set_aside(Session& session, TaskId id, std::string why);
void log_unreadable(TaskId id, std::string_view why);

// The records of rows of (id, record). corrupted: one does not decode; the detail names it.
Result<std::vector<core::QueuedTask>> tasks_of(const Rows& rows);

}  // namespace slipway::adapters::mariadb
