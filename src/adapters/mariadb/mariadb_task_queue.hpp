// MariaDbTaskQueue: the queue's contract (ports/task_queue.hpp) over a MariaDB server, for any
// number of processes.
#pragma once

#include <memory>

#include "adapters/mariadb/client/database.hpp"
#include "ports/task_queue.hpp"

namespace slipway::adapters::mariadb {

class MariaDbTaskQueue final : public ports::TaskQueue {
 public:
    // `database` is prepared (open_database.hpp).
    explicit MariaDbTaskQueue(std::shared_ptr<Database> database);

    Task<Result<ports::Enqueued>> enqueue(core::NewTask wanted) override;
    Task<Result<std::optional<core::QueuedTask>>> claim(ports::ClaimRequest request) override;
    Task<Result<core::QueuedTask>> heartbeat(core::TaskLease lease, WallTime now,
                                             std::chrono::milliseconds lease_length) override;
    Task<Result<core::QueuedTask>> checkpoint(core::TaskLease lease, std::string bytes) override;
    Task<Result<core::QueuedTask>> finish(core::TaskLease lease, std::string result,
                                          WallTime now) override;
    Task<Result<core::QueuedTask>> fail(core::TaskLease lease, core::TaskFailure failure) override;
    Task<Result<core::QueuedTask>> snooze(core::TaskLease lease, WallTime not_before,
                                          WallTime now) override;
    Task<Result<std::size_t>> release_dead(std::string living, WallTime now) override;
    Task<Result<>> wake(std::string dedupe_key, WallTime now) override;
    Task<Result<>> retry_dead(TaskId id, WallTime now) override;
    Task<Result<std::size_t>> forget_finished(ports::ForgetRequest request) override;
    Task<Result<core::QueuedTask>> find(TaskId id) override;
    Task<Result<core::QueuedTask>> find_by_key(std::string dedupe_key) override;
    Task<Result<ports::TaskPage>> list(core::TaskStatus status,
                                       ports::TaskPageRequest page) override;
    Task<Result<ports::TaskStats>> stats(WallTime now) override;

 private:
    // `step(task)` is a core::HeldStep.
    template <class Step>
    Task<Result<core::QueuedTask>> hold(core::TaskLease lease, Step step, Repeatable repeatable);

    const std::shared_ptr<Database> database_;
};

}  // namespace slipway::adapters::mariadb
