// AnnouncingTaskQueue: a task queue that tells of each task that has become due by a call, after
// its commit. Who tells whom is the caller's matter; an announcement that is lost costs no more
// than the interval at which workers look by themselves.
#pragma once

#include <functional>

#include "ports/task_queue.hpp"

namespace slipway::adapters::kafka {

class AnnouncingTaskQueue final : public ports::TaskQueue {
 public:
    // The queue outlives it. `announce` does not wait, and is called from any loop.
    AnnouncingTaskQueue(ports::TaskQueue& queue, std::function<void()> announce);

    Task<Result<ports::Enqueued>> enqueue(core::NewTask wanted) override;
    Task<Result<>> wake(std::string dedupe_key, WallTime now) override;
    Task<Result<>> retry_dead(TaskId id, WallTime now) override;

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
    Task<Result<std::size_t>> forget_finished(ports::ForgetRequest request) override;
    Task<Result<core::QueuedTask>> find(TaskId id) override;
    Task<Result<core::QueuedTask>> find_by_key(std::string dedupe_key) override;
    Task<Result<ports::TaskPage>> list(core::TaskStatus status,
                                       ports::TaskPageRequest page) override;
    Task<Result<ports::TaskStats>> stats(WallTime now) override;

 private:
    ports::TaskQueue& queue_;
    const std::function<void()> announce_;
};

}  // namespace slipway::adapters::kafka
