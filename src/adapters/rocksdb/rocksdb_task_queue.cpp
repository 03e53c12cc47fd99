#include "adapters/rocksdb/rocksdb_task_queue.hpp"

#include <utility>

#include "adapters/rocksdb/load.hpp"
#include "base/seeded_bug.hpp"

namespace slipway::adapters::rocksdb {
namespace {

using core::QueuedTask;

std::unexpected<Error> too_large(std::string_view what) {
    return failure(Errc::too_large, std::string(what) + " is larger than a task may hold");
}

// A page of the tasks of one status, as they all were at one moment.
Result<ports::TaskPage> read_page(const Database& database, core::TaskStatus status,
                                  const ports::TaskPageRequest& request) {
    ports::TaskPage page;
    if (request.limit == 0) {
        return page;
    }
    const Snapshot snapshot(database);
    std::optional<ports::TaskPosition> last;
    const auto visit = [&](std::string_view key, std::string_view) -> Result<bool> {
        const auto position = parse_status_key(key);
        if (!position) {
            return failure(Errc::corrupted, "a key of the tasks by status is malformed");
        }
        if (page.items.size() == request.limit) {
            page.next = last;
            return false;
        }
        auto task = load_task(snapshot, position->id);
        if (!task) {
            return failure(task.error().code,
                           position->id.to_string() + ": " + task.error().detail);
        }
        if (!*task) {
            return failure(Errc::corrupted, position->id.to_string() + ": listed, but not there");
        }
        page.items.push_back(std::move(**task));
        last = position;
        return true;
    };
    const auto scanned =
        snapshot.scan(Table::tasks_by_status, status_range(status, request.after), visit);
    if (!scanned) {
        return std::unexpected(scanned.error());
    }
    return page;
}

}  // namespace

template <class Step>
Task<Result<QueuedTask>> RocksDbTaskQueue::hold(core::TaskLease lease, Step step) {
    auto change = [lease = std::move(lease), step = std::move(step)](TaskChanges to) {
        const TaskStep with_lease = [&](const QueuedTask& task) {
            const bool unfenced = has_bug(SeededBug::fencing_not_checked);
            return step(task, unfenced ? core::lease_of(task) : lease);
        };
        return rocksdb::hold(to, lease, with_lease);
    };
    co_return co_await database_->write_tasks<QueuedTask>(std::move(change));
}

Task<Result<ports::Enqueued>> RocksDbTaskQueue::enqueue(core::NewTask wanted) {
    if (!core::fits(wanted)) {
        co_return too_large("the new task");
    }
    auto change = [wanted = std::move(wanted)](TaskChanges to) {
        return rocksdb::enqueue(to, wanted);
    };
    co_return co_await database_->write_tasks<ports::Enqueued>(std::move(change));
}

Task<Result<std::optional<QueuedTask>>> RocksDbTaskQueue::claim(ports::ClaimRequest request) {
    if (request.owner.size() > core::kMaxTaskText) {
        co_return too_large("the owner");
    }
    auto change = [request = std::move(request)](TaskChanges to) {
        return rocksdb::claim(to, request);
    };
    co_return co_await database_->write_tasks<std::optional<QueuedTask>>(std::move(change));
}

Task<Result<QueuedTask>> RocksDbTaskQueue::heartbeat(core::TaskLease lease, WallTime now,
                                                     std::chrono::milliseconds lease_length) {
    auto step = [now, lease_length](const QueuedTask& task, const core::TaskLease& by) {
        const bool any = has_bug(SeededBug::heartbeat_without_token);
        return core::heartbeat(task, any ? core::lease_of(task) : by, now, lease_length);
    };
    co_return co_await hold(std::move(lease), step);
}

Task<Result<QueuedTask>> RocksDbTaskQueue::checkpoint(core::TaskLease lease, std::string bytes) {
    if (bytes.size() > core::kMaxTaskBytes) {
        co_return too_large("the checkpoint");
    }
    if (has_bug(SeededBug::checkpoint_not_stored)) {
        auto task = co_await find(lease.task);
        if (task) {
            task->checkpoint = bytes;
        }
        co_return task;
    }
    auto step = [bytes = std::move(bytes)](const QueuedTask& task, const core::TaskLease& by) {
        return core::checkpoint(task, by, bytes);
    };
    co_return co_await hold(std::move(lease), std::move(step));
}

Task<Result<QueuedTask>> RocksDbTaskQueue::finish(core::TaskLease lease, std::string result,
                                                  WallTime now) {
    if (result.size() > core::kMaxTaskBytes) {
        co_return too_large("the result");
    }
    auto step = [result = std::move(result), now](const QueuedTask& task,
                                                  const core::TaskLease& by) {
        return core::finish(task, by, result, now);
    };
    co_return co_await hold(std::move(lease), std::move(step));
}

Task<Result<QueuedTask>> RocksDbTaskQueue::fail(core::TaskLease lease, core::TaskFailure failure) {
    auto step = [failure = std::move(failure)](const QueuedTask& task, const core::TaskLease& by) {
        return core::fail(task, by, failure);
    };
    co_return co_await hold(std::move(lease), std::move(step));
}

Task<Result<QueuedTask>> RocksDbTaskQueue::snooze(core::TaskLease lease, WallTime not_before,
                                                  WallTime now) {
    auto step = [not_before, now](const QueuedTask& task, const core::TaskLease& by) {
        return core::snooze(task, by, not_before, now);
    };
    co_return co_await hold(std::move(lease), step);
}

Task<Result<std::size_t>> RocksDbTaskQueue::release_dead(std::string living, WallTime now) {
    auto change = [living = std::move(living), now](TaskChanges to) {
        return rocksdb::release_dead(to, living, now);
    };
    co_return co_await database_->write_tasks<std::size_t>(std::move(change));
}

Task<Result<>> RocksDbTaskQueue::wake(std::string dedupe_key, WallTime now) {
    auto change = [dedupe_key = std::move(dedupe_key), now](TaskChanges to) {
        return rocksdb::wake(to, dedupe_key, now);
    };
    co_return co_await database_->write_tasks<void>(std::move(change));
}

Task<Result<>> RocksDbTaskQueue::retry_dead(TaskId id, WallTime now) {
    auto change = [id, now](TaskChanges to) { return rocksdb::retry_dead(to, id, now); };
    co_return co_await database_->write_tasks<void>(std::move(change));
}

Task<Result<std::size_t>> RocksDbTaskQueue::forget_finished(ports::ForgetRequest request) {
    if (core::is_unfinished(request.status)) {
        co_return failure(Errc::invalid, "unfinished tasks are not forgotten");
    }
    auto change = [request](TaskChanges to) { return rocksdb::forget_finished(to, request); };
    co_return co_await database_->write_tasks<std::size_t>(std::move(change));
}

Task<Result<QueuedTask>> RocksDbTaskQueue::find(TaskId id) {
    if (auto running = database_->check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return present(load_task(database_->database(), id), "task");
}

Task<Result<QueuedTask>> RocksDbTaskQueue::find_by_key(std::string dedupe_key) {
    // Key and record are two reads: both of one moment.
    auto read = [dedupe_key = std::move(dedupe_key)](const Database& database) {
        return present(load_task_by_key(Snapshot(database), dedupe_key), "task");
    };
    co_return co_await database_->scan<QueuedTask>(std::move(read));
}

Task<Result<ports::TaskPage>> RocksDbTaskQueue::list(core::TaskStatus status,
                                                     ports::TaskPageRequest page) {
    auto read = [status, page](const Database& database) {
        return read_page(database, status, page);
    };
    co_return co_await database_->scan<ports::TaskPage>(std::move(read));
}

Task<Result<ports::TaskStats>> RocksDbTaskQueue::stats(WallTime now) {
    auto change = [now](TaskChanges of) { return task_stats(of, now); };
    co_return co_await database_->write_tasks<ports::TaskStats>(std::move(change));
}

}  // namespace slipway::adapters::rocksdb
