// Keys of the tables of tasks (docs/on-disk-format.md, "Catalog"). Those of the indexes sort in the
// order in which tasks are claimed, listed and forgotten.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/rocksdb/database.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/queued_task.hpp"
#include "ports/task_queue.hpp"
#include "records/keys.hpp"

namespace slipway::adapters::rocksdb {

using records::task_key;

// Tasks of one kind and priority that may be claimed together, by the time when they are due.
struct DueList {
    core::TaskKind kind = core::TaskKind::digest;
    core::TaskPriority priority = core::TaskPriority::normal;
};
KeyRange due_range(DueList list);
std::string due_key(const core::QueuedTask& task);
struct DueEntry {
    WallTime due;
    TaskId id;
    friend auto operator<=>(const DueEntry&, const DueEntry&) = default;
};
// Nothing when the key has another length.
std::optional<DueEntry> parse_due_key(std::string_view key);

// Everything of one status; behind `after` where that is set.
KeyRange status_range(core::TaskStatus status, std::optional<ports::TaskPosition> after = {});
std::string status_key(const core::QueuedTask& task);
std::string status_key(core::TaskStatus status, const ports::TaskPosition& position);
std::optional<ports::TaskPosition> parse_status_key(std::string_view key);

std::string dedupe_key_of(std::string_view dedupe_key);
// The value under such a key is the bytes of a task's id.
std::optional<TaskId> parse_task_id(std::string_view bytes);

}  // namespace slipway::adapters::rocksdb
