#include "adapters/kafka/announcing_task_queue.hpp"

#include <utility>

namespace slipway::adapters::kafka {

AnnouncingTaskQueue::AnnouncingTaskQueue(ports::TaskQueue& queue, std::function<void()> announce)
    : queue_(queue), announce_(std::move(announce)) {}

Task<Result<ports::Enqueued>> AnnouncingTaskQueue::enqueue(core::NewTask wanted) {
    const bool due = !wanted.not_before || *wanted.not_before <= wanted.created_at;
    auto enqueued = co_await queue_.enqueue(std::move(wanted));
    if (enqueued && !enqueued->existed && due) {
        announce_();
    }
    co_return enqueued;
}

Task<Result<>> AnnouncingTaskQueue::wake(std::string dedupe_key, WallTime now) {
    auto woken = co_await queue_.wake(std::move(dedupe_key), now);
    if (woken) {
        announce_();
    }
    co_return woken;
}

Task<Result<>> AnnouncingTaskQueue::retry_dead(TaskId id, WallTime now) {
    auto retried = co_await queue_.retry_dead(id, now);
    if (retried) {
        announce_();
    }
    co_return retried;
}

Task<Result<std::optional<core::QueuedTask>>> AnnouncingTaskQueue::claim(
    ports::ClaimRequest request) {
    return queue_.claim(std::move(request));
}

Task<Result<core::QueuedTask>> AnnouncingTaskQueue::heartbeat(
    core::TaskLease lease, WallTime now, std::chrono::milliseconds lease_length) {
    return queue_.heartbeat(std::move(lease), now, lease_length);
}

Task<Result<core::QueuedTask>> AnnouncingTaskQueue::checkpoint(core::TaskLease lease,
                                                               std::string bytes) {
    return queue_.checkpoint(std::move(lease), std::move(bytes));
}

Task<Result<core::QueuedTask>> AnnouncingTaskQueue::finish(core::TaskLease lease,
                                                           std::string result, WallTime now) {
    return queue_.finish(std::move(lease), std::move(result), now);
}

Task<Result<core::QueuedTask>> AnnouncingTaskQueue::fail(core::TaskLease lease,
                                                         core::TaskFailure failure) {
    return queue_.fail(std::move(lease), std::move(failure));
}

Task<Result<core::QueuedTask>> AnnouncingTaskQueue::snooze(core::TaskLease lease,
                                                           WallTime not_before, WallTime now) {
    return queue_.snooze(std::move(lease), not_before, now);
}

Task<Result<std::size_t>> AnnouncingTaskQueue::release_dead(std::string living, WallTime now) {
    return queue_.release_dead(std::move(living), now);
}

Task<Result<std::size_t>> AnnouncingTaskQueue::forget_finished(ports::ForgetRequest request) {
    return queue_.forget_finished(request);
}

Task<Result<core::QueuedTask>> AnnouncingTaskQueue::find(TaskId id) {
    return queue_.find(id);
}

Task<Result<core::QueuedTask>> AnnouncingTaskQueue::find_by_key(std::string dedupe_key) {
    return queue_.find_by_key(std::move(dedupe_key));
}

Task<Result<ports::TaskPage>> AnnouncingTaskQueue::list(core::TaskStatus status,
                                                        ports::TaskPageRequest page) {
    return queue_.list(status, page);
}

Task<Result<ports::TaskStats>> AnnouncingTaskQueue::stats(WallTime now) {
    return queue_.stats(now);
}

}  // namespace slipway::adapters::kafka
