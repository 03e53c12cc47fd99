// ForwardingTaskQueue: passes every call on, so that a test overrides the one that it is about.
#pragma once

#include <string>
#include <utility>

#include "ports/task_queue.hpp"

namespace slipway::support {

class ForwardingTaskQueue : public ports::TaskQueue {
 public:
    explicit ForwardingTaskQueue(ports::TaskQueue& inner) : inner_(inner) {}

    Task<Result<ports::Enqueued>> enqueue(core::NewTask wanted) override {
        return inner_.enqueue(std::move(wanted));
    }
    Task<Result<std::optional<core::QueuedTask>>> claim(ports::ClaimRequest request) override {
        return inner_.claim(std::move(request));
    }
    Task<Result<core::QueuedTask>> heartbeat(core::TaskLease lease, WallTime now,
                                             std::chrono::milliseconds lease_length) override {
        return inner_.heartbeat(std::move(lease), now, lease_length);
    }
    Task<Result<core::QueuedTask>> checkpoint(core::TaskLease lease, std::string bytes) override {
        return inner_.checkpoint(std::move(lease), std::move(bytes));
    }
    Task<Result<core::QueuedTask>> finish(core::TaskLease lease, std::string result,
                                          WallTime now) override {
        return inner_.finish(std::move(lease), std::move(result), now);
    }
    Task<Result<core::QueuedTask>> fail(core::TaskLease lease, core::TaskFailure failure) override {
        return inner_.fail(std::move(lease), std::move(failure));
    }
    Task<Result<core::QueuedTask>> snooze(core::TaskLease lease, WallTime not_before,
                                          WallTime now) override {
        return inner_.snooze(std::move(lease), not_before, now);
    }
    Task<Result<std::size_t>> release_dead(std::string living, WallTime now) override {
        return inner_.release_dead(std::move(living), now);
    }
    Task<Result<>> wake(std::string dedupe_key, WallTime now) override {
        return inner_.wake(std::move(dedupe_key), now);
    }
    Task<Result<>> retry_dead(TaskId id, WallTime now) override {
        return inner_.retry_dead(id, now);
    }
    Task<Result<std::size_t>> forget_finished(ports::ForgetRequest request) override {
        return inner_.forget_finished(request);
    }
    Task<Result<core::QueuedTask>> find(TaskId id) override { return inner_.find(id); }
    Task<Result<core::QueuedTask>> find_by_key(std::string dedupe_key) override {
        return inner_.find_by_key(std::move(dedupe_key));
    }
    Task<Result<ports::TaskPage>> list(core::TaskStatus status,
                                       ports::TaskPageRequest page) override {
        return inner_.list(status, page);
    }
    Task<Result<ports::TaskStats>> stats(WallTime now) override { return inner_.stats(now); }

 private:
    ports::TaskQueue& inner_;
};

}  // namespace slipway::support
