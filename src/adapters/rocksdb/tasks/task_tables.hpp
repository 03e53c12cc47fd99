// TaskTables: the records of tasks with their indexes, and what the writer remembers of them: how
// many there are of each status, and where each list of due tasks begins. It decides nothing.
//
// A queue in RocksDB is read where it was just erased: without the beginnings, every claim would
// step over the remains of all tasks claimed before it. Used by the writer's thread only.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "adapters/rocksdb/tasks/task_keys.hpp"
#include "adapters/rocksdb/transaction.hpp"
#include "base/result.hpp"
#include "core/queued_task.hpp"

namespace slipway::adapters::rocksdb {

class TaskTables {
 public:
    // Counts what is stored. Before the first change.
    Result<> count_stored(const Database& database);

    void insert(Transaction& changes, const core::QueuedTask& task);
    void replace(Transaction& changes, const core::QueuedTask& before,
                 const core::QueuedTask& after);
    void erase(Transaction& changes, const core::QueuedTask& task);
    // Takes an entry out of its list whose record cannot be read, so that others are claimed.
    void erase_due(Transaction& changes, DueList list, const DueEntry& entry);
    // Takes a record that cannot be read out of the list of its status, with the record itself.
    void erase_unreadable(Transaction& changes, core::TaskStatus status,
                          const ports::TaskPosition& position);
    // Lets the key lead to this task.
    void point_key(Transaction& changes, const core::QueuedTask& task);

    // The one that has been due the longest, or will be due first.
    Result<std::optional<DueEntry>> first_due(const Transaction& changes, DueList list);
    const std::array<std::size_t, core::kTaskStatuses>& counts() const { return counts_; }

 private:
    void insert_due(Transaction& changes, const core::QueuedTask& task);
    std::size_t& count(core::TaskStatus status) {
        return counts_[static_cast<std::size_t>(status) - 1];
    }
    std::string& beginning(DueList list) {
        return beginnings_[static_cast<std::size_t>(list.kind) - 1]
                          [static_cast<std::size_t>(list.priority) - 1];
    }

    std::array<std::size_t, core::kTaskStatuses> counts_{};
    // No key of the list is smaller.
    std::array<std::array<std::string, core::kTaskPriorities>, core::kTaskKinds> beginnings_;
};

}  // namespace slipway::adapters::rocksdb
