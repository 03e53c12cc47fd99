#include "adapters/mariadb/mariadb_task_queue.hpp"

#include <string>
#include <utility>

#include "adapters/mariadb/tasks/task_changes.hpp"
#include "adapters/mariadb/tasks/task_rows.hpp"

namespace slipway::adapters::mariadb {
namespace {

using core::QueuedTask;

std::unexpected<Error> too_large(std::string_view what) {
    return failure(Errc::too_large, std::string(what) + " is larger than a task may hold");
}

Result<QueuedTask> present(Result<std::optional<QueuedTask>> found) {
    if (!found) {
        return std::unexpected(std::move(found.error()));
    }
    if (!*found) {
        return failure(Errc::not_found, "no such task");
    }
    return std::move(**found);
}

}  // namespace

MariaDbTaskQueue::MariaDbTaskQueue(std::shared_ptr<Database> database)
    : database_(std::move(database)) {}

template <class Step>
Task<Result<QueuedTask>> MariaDbTaskQueue::hold(core::TaskLease lease, Step step,
                                                Repeatable repeatable) {
    auto body = [lease = std::move(lease), step = std::move(step)](Session& session, Attempt) {
        TaskStep with_lease = [lease, step](const QueuedTask& task) { return step(task, lease); };
        return mariadb::hold(session, lease.task, std::move(with_lease));
    };
    co_return co_await database_->change<QueuedTask>(std::move(body), repeatable);
}

Task<Result<ports::Enqueued>> MariaDbTaskQueue::enqueue(core::NewTask wanted) {
    if (!core::fits(wanted)) {
        co_return too_large("the new task");
    }
    auto body = [wanted = std::move(wanted)](Session& session, Attempt attempt) {
        return mariadb::enqueue(session, attempt, wanted);
    };
    co_return co_await database_->change<ports::Enqueued>(std::move(body));
}

// A claim of which nobody knows is found by nobody: its lease ends, and it is claimed again.
Task<Result<std::optional<QueuedTask>>> MariaDbTaskQueue::claim(ports::ClaimRequest request) {
    if (request.owner.size() > core::kMaxTaskText) {
        co_return too_large("the owner");
    }
    auto body = [request = std::move(request)](Session& session, Attempt) {
        return mariadb::claim(session, request);
    };
    co_return co_await database_->change<std::optional<QueuedTask>>(std::move(body),
                                                                    Repeatable::no);
}

Task<Result<QueuedTask>> MariaDbTaskQueue::heartbeat(core::TaskLease lease, WallTime now,
                                                     std::chrono::milliseconds lease_length) {
    auto step = [now, lease_length](const QueuedTask& task, const core::TaskLease& by) {
        return core::heartbeat(task, by, now, lease_length);
    };
    co_return co_await hold(std::move(lease), step, Repeatable::yes);
}

Task<Result<QueuedTask>> MariaDbTaskQueue::checkpoint(core::TaskLease lease, std::string bytes) {
    if (bytes.size() > core::kMaxTaskBytes) {
        co_return too_large("the checkpoint");
    }
    auto step = [bytes = std::move(bytes)](const QueuedTask& task, const core::TaskLease& by) {
        return core::checkpoint(task, by, bytes);
    };
    co_return co_await hold(std::move(lease), std::move(step), Repeatable::yes);
}

Task<Result<QueuedTask>> MariaDbTaskQueue::finish(core::TaskLease lease, std::string result,
                                                  WallTime now) {
    if (result.size() > core::kMaxTaskBytes) {
        co_return too_large("the result");
    }
    auto step = [result = std::move(result), now](const QueuedTask& task,
                                                  const core::TaskLease& by) {
        return core::finish(task, by, result, now);
    };
    co_return co_await hold(std::move(lease), std::move(step), Repeatable::yes);
}

// After these two the lease is stale, whoever ended it: they cannot tell that it was they.
Task<Result<QueuedTask>> MariaDbTaskQueue::fail(core::TaskLease lease, core::TaskFailure failure) {
    auto step = [failure = std::move(failure)](const QueuedTask& task, const core::TaskLease& by) {
        return core::fail(task, by, failure);
    };
    co_return co_await hold(std::move(lease), std::move(step), Repeatable::no);
}

Task<Result<QueuedTask>> MariaDbTaskQueue::snooze(core::TaskLease lease, WallTime not_before,
                                                  WallTime now) {
    auto step = [not_before, now](const QueuedTask& task, const core::TaskLease& by) {
        return core::snooze(task, by, not_before, now);
    };
    co_return co_await hold(std::move(lease), step, Repeatable::no);
}

Task<Result<std::size_t>> MariaDbTaskQueue::release_dead(std::string living, WallTime now) {
    auto body = [living = std::move(living), now](Session& session, Attempt) {
        return mariadb::release_dead(session, living, now);
    };
    co_return co_await database_->change<std::size_t>(std::move(body));
}

Task<Result<>> MariaDbTaskQueue::wake(std::string dedupe_key, WallTime now) {
    auto body = [dedupe_key = std::move(dedupe_key), now](Session& session, Attempt) {
        return mariadb::wake(session, dedupe_key, now);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<>> MariaDbTaskQueue::retry_dead(TaskId id, WallTime now) {
    auto body = [id, now](Session& session, Attempt attempt) {
        return mariadb::retry_dead(session, attempt, id, now);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<std::size_t>> MariaDbTaskQueue::forget_finished(ports::ForgetRequest request) {
    if (core::is_unfinished(request.status)) {
        co_return failure(Errc::invalid, "unfinished tasks are not forgotten");
    }
    auto body = [request](Session& session, Attempt) {
        return mariadb::forget_finished(session, request);
    };
    co_return co_await database_->change<std::size_t>(std::move(body));
}

Task<Result<QueuedTask>> MariaDbTaskQueue::find(TaskId id) {
    auto body = [id](Session& session) { return load_task(session, id, Lock::none); };
    co_return present(co_await database_->read<std::optional<QueuedTask>>(std::move(body)));
}

Task<Result<QueuedTask>> MariaDbTaskQueue::find_by_key(std::string dedupe_key) {
    auto body = [dedupe_key = std::move(dedupe_key)](Session& session) {
        return load_task_by_key(session, dedupe_key, Lock::none);
    };
    co_return present(co_await database_->read<std::optional<QueuedTask>>(std::move(body)));
}

Task<Result<ports::TaskPage>> MariaDbTaskQueue::list(core::TaskStatus status,
                                                     ports::TaskPageRequest page) {
    auto body = [status, page](Session& session) { return list_tasks(session, status, page); };
    co_return co_await database_->read<ports::TaskPage>(std::move(body));
}

Task<Result<ports::TaskStats>> MariaDbTaskQueue::stats(WallTime now) {
    auto body = [now](Session& session) { return task_stats(session, now); };
    co_return co_await database_->read<ports::TaskStats>(std::move(body));
}

}  // namespace slipway::adapters::mariadb
