#include "adapters/rocksdb/tasks/task_tables.hpp"

#include <algorithm>
#include <utility>

#include "adapters/rocksdb/record_form.hpp"

namespace slipway::adapters::rocksdb {

Result<> TaskTables::count_stored(const Database& database) {
    const Snapshot snapshot(database);
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        const auto range = status_range(static_cast<core::TaskStatus>(i + 1));
        const auto counted =
            snapshot.scan(Table::tasks_by_status, range,
                          [this, i](std::string_view, std::string_view) -> Result<bool> {
                              ++counts_[i];
                              return true;
                          });
        if (!counted) {
            return counted;
        }
    }
    return {};
}

void TaskTables::insert_due(Transaction& changes, const core::QueuedTask& task) {
    auto key = due_key(task);
    auto& first = beginning({task.kind, task.priority});
    first = std::min(first, key);
    changes.put(Table::tasks_due, std::move(key), "");
}

void TaskTables::insert(Transaction& changes, const core::QueuedTask& task) {
    changes.put(Table::tasks, task_key(task.id), encode_task(task));
    changes.put(Table::tasks_by_status, status_key(task), "");
    if (core::is_unfinished(task.status)) {
        insert_due(changes, task);
    }
    ++count(task.status);
}

void TaskTables::replace(Transaction& changes, const core::QueuedTask& before,
                         const core::QueuedTask& after) {
    changes.put(Table::tasks, task_key(after.id), encode_task(after));
    if (auto key = status_key(before); key != status_key(after)) {
        changes.erase(Table::tasks_by_status, std::move(key));
        changes.put(Table::tasks_by_status, status_key(after), "");
        --count(before.status);
        ++count(after.status);
    }
    const bool was_listed = core::is_unfinished(before.status);
    const bool is_listed = core::is_unfinished(after.status);
    if (was_listed && is_listed && due_key(before) == due_key(after)) {
        return;
    }
    if (was_listed) {
        changes.erase(Table::tasks_due, due_key(before));
    }
    if (is_listed) {
        insert_due(changes, after);
    }
}

void TaskTables::erase(Transaction& changes, const core::QueuedTask& task) {
    changes.erase(Table::tasks, task_key(task.id));
    changes.erase(Table::tasks_by_status, status_key(task));
    if (core::is_unfinished(task.status)) {
        changes.erase(Table::tasks_due, due_key(task));
    }
    --count(task.status);
}

void TaskTables::erase_due(Transaction& changes, DueList list, const DueEntry& entry) {
    core::QueuedTask task;
    task.id = entry.id;
    task.kind = list.kind;
    task.priority = list.priority;
    task.not_before = entry.due;
    changes.erase(Table::tasks_due, due_key(task));
}

void TaskTables::erase_unreadable(Transaction& changes, core::TaskStatus status,
                                  const ports::TaskPosition& position) {
    changes.erase(Table::tasks_by_status, status_key(status, position));
    changes.erase(Table::tasks, task_key(position.id));
    --count(status);
}

void TaskTables::point_key(Transaction& changes, const core::QueuedTask& task) {
    changes.put(Table::tasks_by_key, dedupe_key_of(task.dedupe_key), task_key(task.id));
}

Result<std::optional<DueEntry>> TaskTables::first_due(const Transaction& changes, DueList list) {
    auto range = due_range(list);
    auto& first = beginning(list);
    range.first = std::max(range.first, first);
    if (range.first >= range.end) {
        return std::nullopt;
    }
    std::optional<std::string> found;
    const auto scanned = changes.scan_keys(Table::tasks_due, range, [&found](std::string_view key) {
        found.emplace(key);
        return false;
    });
    if (!scanned) {
        return std::unexpected(scanned.error());
    }
    first = found.value_or(range.end);
    if (!found) {
        return std::nullopt;
    }
    const auto entry = parse_due_key(*found);
    if (!entry) {
        return failure(Errc::corrupted, "a key of the tasks that are due is malformed");
    }
    return entry;
}

}  // namespace slipway::adapters::rocksdb
