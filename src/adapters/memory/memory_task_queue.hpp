// MemoryTaskQueue: the queue's contract (ports/task_queue.hpp) in plain containers, for tests and
// as the plainest statement of what the calls mean. Nothing is durable; nothing is ever
// unavailable.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "ports/task_queue.hpp"

namespace slipway::adapters::memory {

class MemoryTaskQueue final : public ports::TaskQueue {
 public:
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
    // Those of one priority and kind, in the order in which they are claimed.
    using Due = std::set<std::tuple<WallTime, TaskId>>;

    // With the lock held, all of these.
    void store(const core::QueuedTask& task);
    void erase(const core::QueuedTask& task);
    Due& due_list(const core::QueuedTask& task) { return due_[{task.priority, task.kind}]; }
    const core::QueuedTask* unfinished_with_key(const std::string& dedupe_key) const;
    const core::QueuedTask* first_due(const ports::ClaimRequest& request) const;
    template <class Step>
    Result<core::QueuedTask> hold(const core::TaskLease& lease, Step step);

    std::mutex mutex_;
    std::map<TaskId, core::QueuedTask> tasks_;
    std::map<std::pair<core::TaskPriority, core::TaskKind>, Due> due_;
    std::map<std::string, TaskId> newest_by_key_;
    std::map<core::TaskStatus, std::set<ports::TaskPosition>> by_status_;
};

}  // namespace slipway::adapters::memory
