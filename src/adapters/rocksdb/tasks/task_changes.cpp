#include "adapters/rocksdb/tasks/task_changes.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "adapters/rocksdb/load.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::rocksdb {
namespace {

using core::QueuedTask;

void log_unreadable(TaskId id, std::string_view why) {
    telemetry::log(telemetry::Level::error, "task_record_unreadable",
                   {{"task_id", id.to_string()}, {"detail", why}});
}

// The unfinished task that the key leads to.
Result<std::optional<QueuedTask>> unfinished_with_key(const Transaction& changes,
                                                      std::string_view dedupe_key) {
    if (dedupe_key.empty()) {
        return std::nullopt;
    }
    auto task = load_task_by_key(changes, dedupe_key);
    if (task && *task && !core::is_unfinished((*task)->status)) {
        return std::nullopt;
    }
    return task;
}

struct DueTask {
    DueList list;
    DueEntry entry;
};

// What is claimed next, by the index.
Result<std::optional<DueTask>> next_due(TaskChanges in, const ports::ClaimRequest& request) {
    for (auto level = core::kTaskPriorities; level > 0; --level) {
        std::optional<DueTask> first;
        for (const auto kind : request.kinds) {
            const DueList list{kind, static_cast<core::TaskPriority>(level)};
            const auto entry = in.tables.first_due(in.changes, list);
            if (!entry) {
                return std::unexpected(entry.error());
            }
            if (*entry && (*entry)->due <= request.now && (!first || **entry < first->entry)) {
                first = DueTask{list, **entry};
            }
        }
        if (first) {
            return first;
        }
    }
    return std::nullopt;
}

// The record that the entry is of.
Result<QueuedTask> load_due(const Transaction& changes, const DueTask& due) {
    auto task = present(load_task(changes, due.entry.id), "task");
    const auto agrees = [&due](const QueuedTask& record) {
        return core::is_unfinished(record.status) && record.kind == due.list.kind &&
               record.priority == due.list.priority && core::due_at(record) == due.entry.due;
    };
    if (task && !agrees(*task)) {
        return failure(Errc::corrupted, "the record is not what the index says");
    }
    return task;
}

bool is_unreadable(const Error& error) {
    return error.code == Errc::corrupted || error.code == Errc::not_found;
}

std::vector<ports::TaskPosition> positions_of(const Transaction& changes, core::TaskStatus status,
                                              std::size_t limit, Result<>& scanned) {
    std::vector<ports::TaskPosition> positions;
    scanned =
        changes.scan_keys(Table::tasks_by_status, status_range(status), [&](std::string_view key) {
            if (const auto position = parse_status_key(key); position && positions.size() < limit) {
                positions.push_back(*position);
            }
            return positions.size() < limit;
        });
    return positions;
}

}  // namespace

Result<ports::Enqueued> enqueue(TaskChanges to, const core::NewTask& wanted) {
    const auto same = unfinished_with_key(to.changes, wanted.dedupe_key);
    if (!same) {
        return std::unexpected(same.error());
    }
    if (*same) {
        return ports::Enqueued{.id = (*same)->id, .existed = true};
    }
    const auto there = to.changes.get(Table::tasks, task_key(wanted.id));
    if (!there) {
        return std::unexpected(there.error());
    }
    if (*there) {
        return failure(Errc::conflict, "the id exists");
    }
    const auto task = core::new_task(wanted);
    to.tables.insert(to.changes, task);
    if (!task.dedupe_key.empty()) {
        to.tables.point_key(to.changes, task);
    }
    return ports::Enqueued{.id = task.id};
}

Result<std::optional<QueuedTask>> claim(TaskChanges to, const ports::ClaimRequest& request) {
    for (;;) {
        const auto due = next_due(to, request);
        if (!due) {
            return std::unexpected(due.error());
        }
        if (!*due) {
            return std::nullopt;
        }
        const auto task = load_due(to.changes, **due);
        if (!task && is_unreadable(task.error())) {
            // One damaged record must not stand in the way of all others. It keeps its place in the
            // list of its status, where it is seen.
            log_unreadable((*due)->entry.id, task.error().detail);
            to.tables.erase_due(to.changes, (*due)->list, (*due)->entry);
            continue;
        }
        if (!task) {
            return std::unexpected(task.error());
        }
        auto next = core::claim(
            *task, {.owner = request.owner, .now = request.now, .length = request.lease_length});
        to.tables.replace(to.changes, *task, next);
        if (next.status == core::TaskStatus::running) {
            return next;
        }
    }
}

Result<QueuedTask> hold(TaskChanges to, const core::TaskLease& lease, const TaskStep& step) {
    const auto task = load_task(to.changes, lease.task);
    if (!task) {
        return std::unexpected(task.error());
    }
    if (!*task) {
        return failure(Errc::conflict, "the task is forgotten");
    }
    auto next = step(**task);
    if (!next) {
        return failure(Errc::conflict, "the lease is stale");
    }
    if (*next != **task) {
        to.tables.replace(to.changes, **task, *next);
    }
    return std::move(*next);
}

Result<std::size_t> release_dead(TaskChanges to, std::string_view living, WallTime now) {
    Result<> scanned;
    const auto running = positions_of(to.changes, core::TaskStatus::running, SIZE_MAX, scanned);
    if (!scanned) {
        return std::unexpected(scanned.error());
    }
    std::vector<QueuedTask> orphans;
    for (const auto& position : running) {
        auto task = present(load_task(to.changes, position.id), "task");
        if (!task && !is_unreadable(task.error())) {
            return std::unexpected(task.error());
        }
        if (!task) {
            log_unreadable(position.id, task.error().detail);
        } else if (task->lease_owner != living) {
            orphans.push_back(std::move(*task));
        }
    }
    for (const auto& task : orphans) {
        to.tables.replace(to.changes, task, core::release(task, now));
    }
    return orphans.size();
}

Result<> wake(TaskChanges to, std::string_view dedupe_key, WallTime now) {
    const auto task = unfinished_with_key(to.changes, dedupe_key);
    if (!task) {
        return std::unexpected(task.error());
    }
    if (!*task) {
        return failure(Errc::not_found, "no unfinished task has this key");
    }
    if (const auto next = core::wake(**task, now); next != **task) {
        to.tables.replace(to.changes, **task, next);
    }
    return {};
}

Result<> retry_dead(TaskChanges to, TaskId id, WallTime now) {
    const auto task = present(load_task(to.changes, id), "task");
    if (!task) {
        return std::unexpected(task.error());
    }
    if (task->status != core::TaskStatus::dead) {
        return failure(Errc::conflict, "the task is not dead");
    }
    const auto same = unfinished_with_key(to.changes, task->dedupe_key);
    if (!same) {
        return std::unexpected(same.error());
    }
    if (*same) {
        return failure(Errc::conflict, "another task does the same");
    }
    to.tables.replace(to.changes, *task, core::retry_dead(*task, now));
    if (!task->dedupe_key.empty()) {
        to.tables.point_key(to.changes, *task);
    }
    return {};
}

Result<std::size_t> forget_finished(TaskChanges to, const ports::ForgetRequest& request) {
    Result<> scanned;
    auto positions = positions_of(to.changes, request.status, request.limit, scanned);
    if (!scanned) {
        return std::unexpected(scanned.error());
    }
    std::erase_if(positions, [&request](const ports::TaskPosition& position) {
        return position.listed_at >= request.finished_before;
    });
    std::size_t forgotten = 0;
    for (const auto& position : positions) {
        const auto task = present(load_task(to.changes, position.id), "task");
        if (!task && !is_unreadable(task.error())) {
            return std::unexpected(task.error());
        }
        ++forgotten;
        if (!task) {
            log_unreadable(position.id, task.error().detail);
            to.tables.erase_unreadable(to.changes, request.status, position);
            continue;
        }
        to.tables.erase(to.changes, *task);
        const auto key = dedupe_key_of(task->dedupe_key);
        const auto pointed = to.changes.get(Table::tasks_by_key, key);
        if (pointed && *pointed == task_key(task->id)) {
            to.changes.erase(Table::tasks_by_key, key);
        }
    }
    return forgotten;
}

Result<ports::TaskStats> task_stats(TaskChanges of, WallTime now) {
    ports::TaskStats stats{.counts = of.tables.counts(), .oldest_due = std::nullopt};
    for (std::size_t kind = 1; kind <= core::kTaskKinds; ++kind) {
        for (std::size_t priority = 1; priority <= core::kTaskPriorities; ++priority) {
            const auto entry = of.tables.first_due(
                of.changes,
                {static_cast<core::TaskKind>(kind), static_cast<core::TaskPriority>(priority)});
            if (!entry) {
                return std::unexpected(entry.error());
            }
            if (*entry && (*entry)->due <= now) {
                stats.oldest_due =
                    std::min(stats.oldest_due.value_or((*entry)->due), (*entry)->due);
            }
        }
    }
    return stats;
}

}  // namespace slipway::adapters::rocksdb
