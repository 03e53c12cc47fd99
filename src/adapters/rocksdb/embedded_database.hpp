// EmbeddedDatabase: one database with its one writer, opened once and shared by the catalog and the
// task queue, so that a task's heartbeat and a part become durable by the same sync.
#pragma once

#include <filesystem>
#include <memory>
#include <utility>

#include "adapters/rocksdb/group_writer.hpp"
#include "adapters/rocksdb/outbox_table.hpp"
#include "adapters/rocksdb/tasks/task_changes.hpp"
#include "adapters/rocksdb/tasks/task_tables.hpp"
#include "ports/clock.hpp"
#include "runtime/blocking_pool.hpp"

namespace rocksdb {
class Env;
}

namespace slipway::adapters::rocksdb {

struct EmbeddedDatabaseOptions {
    // Where `on_fatal` is empty, a failed commit is logged and ends the process with status 70
    // (EX_SOFTWARE).
    GroupWriterOptions writer = {};
    // The system's when null; outlives the database. Tests inject faults with it.
    ::rocksdb::Env* env = nullptr;
};

class EmbeddedDatabase {
 public:
    // Opens or creates the database; blocks while the log is replayed. The parent directory exists.
    // The pool, the clock and the callers' loops outlive it. The directory is free again when it is
    // gone and every call is answered. Errors: those of Database::open.
    static Result<std::shared_ptr<EmbeddedDatabase>> open(const std::filesystem::path& directory,
                                                          runtime::BlockingPool& pool,
                                                          const ports::Clock& clock,
                                                          EmbeddedDatabaseOptions options = {});
    EmbeddedDatabase(std::shared_ptr<Database> database, TaskTables tasks,
                     std::unique_ptr<OutboxTable> outbox, runtime::BlockingPool& pool,
                     const ports::Clock& clock, GroupWriterOptions options);
    EmbeddedDatabase(const EmbeddedDatabase&) = delete;
    EmbeddedDatabase& operator=(const EmbeddedDatabase&) = delete;

    // Refuses new calls with Errc::unavailable, commits what waits, answers it, joins. Idempotent,
    // thread-safe.
    void stop() { writer_.stop(); }
    // Changes that wait or are being written.
    std::size_t queue_depth() const { return writer_.queue_depth(); }
    // unavailable: stopped, or a commit failed.
    Result<> check_running() const { return writer_.check_running(); }

    // Point reads, on the caller's loop, because they mostly hit memory.
    const Database& database() const { return *database_; }

    // Calls `change(Transaction&) -> Result<T>` (group_writer.hpp).
    template <class T, class Change>
    Task<Result<T>> write(Change change) {
        co_return co_await writer_.run<T>(std::move(change));
    }
    // Calls `change(TaskChanges) -> Result<T>` in the same way.
    template <class T, class Change>
    Task<Result<T>> write_tasks(Change change) {
        auto over_tables = [this, change = std::move(change)](Transaction& changes) {
            return change(TaskChanges{changes, tasks_});
        };
        co_return co_await writer_.run<T>(std::move(over_tables));
    }
    // Calls `change(Transaction&, OutboxTable&) -> Result<T>` in the same way.
    template <class T, class Change>
    Task<Result<T>> write_with_outbox(Change change) {
        auto over_outbox = [this, change = std::move(change)](Transaction& changes) {
            return change(changes, *outbox_);
        };
        co_return co_await writer_.run<T>(std::move(over_outbox));
    }
    const OutboxTable& outbox() const { return *outbox_; }
    // Runs `read(const Database&) -> Result<T>` in the pool. This may be gone by the time it
    // completes.
    template <class T, class Read>
    Task<Result<T>> scan(Read read) {
        if (auto running = check_running(); !running) {
            co_return std::unexpected(std::move(running.error()));
        }
        auto work = [database = database_, read = std::move(read)]() mutable {
            // Let go before the caller is answered: who has every answer may open the directory
            // anew.
            const auto held = std::move(database);
            return read(*held);
        };
        co_return co_await pool_.run(std::move(work));
    }

 private:
    // Shared with scans that the pool still runs when this is gone.
    std::shared_ptr<Database> database_;
    runtime::BlockingPool& pool_;
    // The writer's thread uses them until it is joined: they stand before the writer.
    TaskTables tasks_;
    std::unique_ptr<OutboxTable> outbox_;
    GroupWriter writer_;
};

}  // namespace slipway::adapters::rocksdb
