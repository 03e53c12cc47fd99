#include "adapters/mariadb/tasks/task_changes.hpp"

#include <utility>
#include <vector>

#include "adapters/mariadb/tasks/task_rows.hpp"
#include "records/task_records.hpp"

namespace slipway::adapters::mariadb {
namespace {

using core::QueuedTask;

bool is_unreadable(const Error& error) {
    return error.code == Errc::corrupted;
}

// The ids in the first column; a row without one is passed over.
std::vector<TaskId> ids_of(const Rows& rows) {
    std::vector<TaskId> ids;
    for (const Row& row : rows.rows) {
        if (const auto id = task_id_of(row.bytes(0))) {
            ids.push_back(*id);
        }
    }
    return ids;
}

// Locks the final tasks that are listed first, with their ids.
Task<Result<std::vector<TaskId>>> lock_listed(Session& session, ports::ForgetRequest request) {
    auto found = co_await session.execute(
        "SELECT id FROM tasks WHERE status=? AND listed_at<? ORDER BY listed_at,id LIMIT ?"
        " FOR UPDATE",
        static_cast<std::uint8_t>(request.status), unix_millis(request.finished_before),
        std::uint64_t{request.limit});
    co_return found ? Result<std::vector<TaskId>>(ids_of(*found))
                    : std::unexpected(std::move(found.error()));
}

}  // namespace

Task<Result<ports::Enqueued>> enqueue(Session& session, Attempt attempt, core::NewTask wanted) {
    const auto key = co_await lock_key(session, wanted.dedupe_key);
    if (!key) {
        co_return std::unexpected(key.error());
    }
    if (key->unfinished) {
        const bool own = attempt == Attempt::after_unknown && key->unfinished->id == wanted.id;
        co_return ports::Enqueued{.id = key->unfinished->id, .existed = !own};
    }
    const auto there = co_await load_task(session, wanted.id, Lock::none);
    if (!there) {
        co_return std::unexpected(there.error());
    }
    if (*there) {
        if (attempt == Attempt::after_unknown) {
            co_return ports::Enqueued{.id = wanted.id, .existed = false};
        }
        co_return failure(Errc::conflict, "the id exists");
    }
    const QueuedTask task = core::new_task(std::move(wanted));
    auto written = co_await point_key(session, *key, task);
    if (written) {
        written = co_await insert_task(session, task);
    }
    co_return written ? Result<ports::Enqueued>(ports::Enqueued{.id = task.id, .existed = false})
                      : std::unexpected(std::move(written.error()));
}

Task<Result<QueuedTask>> hold(Session& session, TaskId id, TaskStep step) {
    const auto task = co_await load_task(session, id, Lock::exclusive);
    if (!task) {
        co_return std::unexpected(task.error());
    }
    if (!*task) {
        co_return failure(Errc::conflict, "the task is forgotten");
    }
    auto next = step(**task);
    if (!next) {
        co_return failure(Errc::conflict, "the lease is stale");
    }
    if (*next != **task) {
        if (auto written = co_await update_task(session, *next); !written) {
            co_return std::unexpected(std::move(written.error()));
        }
    }
    co_return std::move(*next);
}

Task<Result<std::size_t>> release_dead(Session& session, std::string living, WallTime now) {
    auto found = co_await session.execute(
        "SELECT id FROM tasks WHERE status=? ORDER BY listed_at,id FOR UPDATE",
        static_cast<std::uint8_t>(core::TaskStatus::running));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    std::size_t released = 0;
    for (const TaskId id : ids_of(*found)) {
        const auto task = co_await load_task(session, id, Lock::exclusive);
        if (!task && !is_unreadable(task.error())) {
            co_return std::unexpected(task.error());
        }
        if (!task) {
            log_unreadable(id, task.error().detail);
        } else if (*task && (*task)->lease_owner != living) {
            if (auto written = co_await update_task(session, core::release(**task, now));
                !written) {
                co_return std::unexpected(std::move(written.error()));
            }
            ++released;
        }
    }
    co_return released;
}

Task<Result<>> wake(Session& session, std::string dedupe_key, WallTime now) {
    const auto key = co_await lock_key(session, std::move(dedupe_key));
    if (!key) {
        co_return std::unexpected(key.error());
    }
    if (!key->unfinished) {
        co_return failure(Errc::not_found, "no unfinished task has this key");
    }
    const QueuedTask next = core::wake(*key->unfinished, now);
    if (next == *key->unfinished) {
        co_return Result<>();
    }
    co_return co_await update_task(session, next);
}

Task<Result<>> retry_dead(Session& session, Attempt attempt, TaskId id, WallTime now) {
    // Its key is locked before it, and it says which that is.
    const auto seen = co_await load_task(session, id, Lock::none);
    if (!seen || !*seen) {
        co_return seen ? failure(Errc::not_found, "no such task") : std::unexpected(seen.error());
    }
    const auto key = co_await lock_key(session, (*seen)->dedupe_key);
    const auto task = co_await load_task(session, id, Lock::exclusive);
    if (!key || !task) {
        co_return std::unexpected(key ? task.error() : key.error());
    }
    if (!*task) {
        co_return failure(Errc::not_found, "no such task");
    }
    if ((*task)->status != core::TaskStatus::dead) {
        // Nothing but an attempt before this one, whose answer was lost, can have left it so.
        const bool is_retried = attempt == Attempt::after_unknown &&
                                (*task)->status == core::TaskStatus::pending &&
                                (*task)->attempts == 0 && (*task)->not_before == now;
        co_return is_retried ? Result<>() : failure(Errc::conflict, "the task is not dead");
    }
    const QueuedTask next = core::retry_dead(**task, now);
    if (key->unfinished) {
        co_return failure(Errc::conflict, "another task does the same");
    }
    auto written = co_await point_key(session, *key, next);
    if (written) {
        written = co_await update_task(session, next);
    }
    co_return written;
}

Task<Result<std::size_t>> forget_finished(Session& session, ports::ForgetRequest request) {
    const auto ids = co_await lock_listed(session, request);
    if (!ids) {
        co_return std::unexpected(ids.error());
    }
    for (const TaskId id : *ids) {
        if (auto erased = co_await erase_task(session, id); !erased) {
            co_return std::unexpected(std::move(erased.error()));
        }
    }
    co_return ids->size();
}

Task<Result<ports::TaskPage>> list_tasks(Session& session, core::TaskStatus status,
                                         ports::TaskPageRequest page) {
    ports::TaskPage out;
    if (page.limit == 0) {
        co_return out;
    }
    const std::int64_t after = page.after ? unix_millis(page.after->listed_at) : INT64_MIN;
    const std::string after_id = page.after ? bytes_of_task(page.after->id) : "";
    auto found = co_await session.execute(
        "SELECT id,record FROM tasks WHERE status=? AND listed_at>=? AND"
        " (listed_at>? OR id>?) ORDER BY listed_at,id LIMIT ?",
        static_cast<std::uint8_t>(status), after, after, after_id, std::uint64_t{page.limit} + 1);
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    auto tasks = tasks_of(*found);
    if (!tasks) {
        co_return std::unexpected(std::move(tasks.error()));
    }
    out.items = std::move(*tasks);
    if (out.items.size() > page.limit) {
        out.items.pop_back();
        out.next = ports::TaskPosition{.listed_at = core::listed_at(out.items.back()),
                                       .id = out.items.back().id};
    }
    co_return out;
}

Task<Result<ports::TaskStats>> task_stats(Session& session, WallTime now) {
    ports::TaskStats stats;
    auto counted = co_await session.execute("SELECT status,COUNT(*) FROM tasks GROUP BY status");
    if (!counted) {
        co_return std::unexpected(std::move(counted.error()));
    }
    for (const Row& row : counted->rows) {
        const auto status = row.number(0);
        if (status >= 1 && status <= core::kTaskStatuses) {
            stats.counts[status - 1] = static_cast<std::size_t>(row.number(1));
        }
    }
    auto first = co_await session.execute(
        "SELECT due_at FROM tasks WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1");
    if (!first) {
        co_return std::unexpected(std::move(first.error()));
    }
    if (!first->rows.empty()) {
        const WallTime due = from_unix_millis(first->rows.front().signed_number(0));
        stats.oldest_due = due <= now ? std::optional(due) : std::nullopt;
    }
    co_return stats;
}

}  // namespace slipway::adapters::mariadb
