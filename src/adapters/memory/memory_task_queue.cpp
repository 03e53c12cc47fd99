#include "adapters/memory/memory_task_queue.hpp"

#include <algorithm>
#include <utility>

namespace slipway::adapters::memory {
namespace {

std::unexpected<Error> too_large(std::string_view what) {
    return failure(Errc::too_large, std::string(what) + " is larger than a task may hold");
}

ports::TaskPosition position_of(const core::QueuedTask& task) {
    return {.listed_at = core::listed_at(task), .id = task.id};
}

}  // namespace

void MemoryTaskQueue::erase(const core::QueuedTask& task) {
    due_list(task).erase({core::due_at(task), task.id});
    by_status_[task.status].erase(position_of(task));
    tasks_.erase(task.id);
}

void MemoryTaskQueue::store(const core::QueuedTask& task) {
    if (const auto before = tasks_.find(task.id); before != tasks_.end()) {
        erase(core::QueuedTask(before->second));
    }
    if (core::is_unfinished(task.status)) {
        due_list(task).emplace(core::due_at(task), task.id);
    }
    by_status_[task.status].insert(position_of(task));
    tasks_.emplace(task.id, task);
}

const core::QueuedTask* MemoryTaskQueue::unfinished_with_key(const std::string& dedupe_key) const {
    const auto found = newest_by_key_.find(dedupe_key);
    if (found == newest_by_key_.end()) {
        return nullptr;
    }
    const auto& task = tasks_.at(found->second);
    return core::is_unfinished(task.status) ? &task : nullptr;
}

template <class Step>
Result<core::QueuedTask> MemoryTaskQueue::hold(const core::TaskLease& lease, Step step) {
    const auto found = tasks_.find(lease.task);
    if (found == tasks_.end()) {
        return failure(Errc::conflict, "the task is forgotten");
    }
    core::HeldStep next = step(found->second);
    if (!next) {
        return failure(Errc::conflict, "the lease is stale");
    }
    store(*next);
    return *next;
}

Task<Result<ports::Enqueued>> MemoryTaskQueue::enqueue(core::NewTask wanted) {
    if (!core::fits(wanted)) {
        co_return too_large("the new task");
    }
    const std::scoped_lock lock(mutex_);
    if (const auto* task = unfinished_with_key(wanted.dedupe_key); task != nullptr) {
        co_return ports::Enqueued{.id = task->id, .existed = true};
    }
    if (tasks_.contains(wanted.id)) {
        co_return failure(Errc::conflict, "the id exists");
    }
    const auto task = core::new_task(std::move(wanted));
    store(task);
    if (!task.dedupe_key.empty()) {
        newest_by_key_.insert_or_assign(task.dedupe_key, task.id);
    }
    co_return ports::Enqueued{.id = task.id};
}

const core::QueuedTask* MemoryTaskQueue::first_due(const ports::ClaimRequest& request) const {
    const core::QueuedTask* best = nullptr;
    for (const auto& [list, due] : due_) {
        if (due.empty() || std::ranges::count(request.kinds, list.second) == 0) {
            continue;
        }
        const auto& task = tasks_.at(std::get<TaskId>(*due.begin()));
        if (core::is_claimable(task, request.now) &&
            (best == nullptr || core::is_claimed_before(task, *best))) {
            best = &task;
        }
    }
    return best;
}

Task<Result<std::optional<core::QueuedTask>>> MemoryTaskQueue::claim(ports::ClaimRequest request) {
    if (request.owner.size() > core::kMaxTaskText) {
        co_return too_large("the owner");
    }
    const core::Claim by{
        .owner = request.owner, .now = request.now, .length = request.lease_length};
    const std::scoped_lock lock(mutex_);
    while (const auto* due = first_due(request)) {
        auto task = core::claim(*due, by);
        store(task);
        if (task.status == core::TaskStatus::running) {
            co_return std::optional(std::move(task));
        }
    }
    co_return std::nullopt;
}

Task<Result<core::QueuedTask>> MemoryTaskQueue::heartbeat(core::TaskLease lease, WallTime now,
                                                          std::chrono::milliseconds lease_length) {
    const std::scoped_lock lock(mutex_);
    co_return hold(lease, [&](const core::QueuedTask& task) {
        return core::heartbeat(task, lease, now, lease_length);
    });
}

Task<Result<core::QueuedTask>> MemoryTaskQueue::checkpoint(core::TaskLease lease,
                                                           std::string bytes) {
    if (bytes.size() > core::kMaxTaskBytes) {
        co_return too_large("the checkpoint");
    }
    const std::scoped_lock lock(mutex_);
    co_return hold(lease, [&](const core::QueuedTask& task) {
        return core::checkpoint(task, lease, std::move(bytes));
    });
}

Task<Result<core::QueuedTask>> MemoryTaskQueue::finish(core::TaskLease lease, std::string result,
                                                       WallTime now) {
    if (result.size() > core::kMaxTaskBytes) {
        co_return too_large("the result");
    }
    const std::scoped_lock lock(mutex_);
    co_return hold(lease, [&](const core::QueuedTask& task) {
        return core::finish(task, lease, std::move(result), now);
    });
}

Task<Result<core::QueuedTask>> MemoryTaskQueue::fail(core::TaskLease lease,
                                                     core::TaskFailure failure) {
    const std::scoped_lock lock(mutex_);
    co_return hold(lease, [&](const core::QueuedTask& task) {
        return core::fail(task, lease, std::move(failure));
    });
}

Task<Result<core::QueuedTask>> MemoryTaskQueue::snooze(core::TaskLease lease, WallTime not_before,
                                                       WallTime now) {
    const std::scoped_lock lock(mutex_);
    co_return hold(lease, [&](const core::QueuedTask& task) {
        return core::snooze(task, lease, not_before, now);
    });
}

Task<Result<std::size_t>> MemoryTaskQueue::release_dead(std::string living, WallTime now) {
    const std::scoped_lock lock(mutex_);
    std::size_t released = 0;
    const auto running = by_status_[core::TaskStatus::running];
    for (const auto& position : running) {
        const auto& task = tasks_.at(position.id);
        if (task.lease_owner != living) {
            store(core::release(task, now));
            ++released;
        }
    }
    co_return released;
}

Task<Result<>> MemoryTaskQueue::wake(std::string dedupe_key, WallTime now) {
    const std::scoped_lock lock(mutex_);
    const auto* task = unfinished_with_key(dedupe_key);
    if (task == nullptr) {
        co_return failure(Errc::not_found, "no unfinished task has this key");
    }
    store(core::wake(*task, now));
    co_return Result<>();
}

Task<Result<>> MemoryTaskQueue::retry_dead(TaskId id, WallTime now) {
    const std::scoped_lock lock(mutex_);
    const auto found = tasks_.find(id);
    if (found == tasks_.end()) {
        co_return failure(Errc::not_found, "no such task");
    }
    const core::QueuedTask task = found->second;
    if (task.status != core::TaskStatus::dead) {
        co_return failure(Errc::conflict, "the task is not dead");
    }
    if (unfinished_with_key(task.dedupe_key) != nullptr) {
        co_return failure(Errc::conflict, "another task does the same");
    }
    store(core::retry_dead(task, now));
    if (!task.dedupe_key.empty()) {
        newest_by_key_.insert_or_assign(task.dedupe_key, id);
    }
    co_return Result<>();
}

Task<Result<std::size_t>> MemoryTaskQueue::forget_finished(ports::ForgetRequest request) {
    if (core::is_unfinished(request.status)) {
        co_return failure(Errc::invalid, "unfinished tasks are not forgotten");
    }
    const std::scoped_lock lock(mutex_);
    auto& positions = by_status_[request.status];
    std::size_t forgotten = 0;
    while (!positions.empty() && forgotten < request.limit &&
           positions.begin()->listed_at < request.finished_before) {
        const core::QueuedTask task = tasks_.at(positions.begin()->id);
        erase(task);
        if (const auto key = newest_by_key_.find(task.dedupe_key);
            key != newest_by_key_.end() && key->second == task.id) {
            newest_by_key_.erase(key);
        }
        ++forgotten;
    }
    co_return forgotten;
}

Task<Result<core::QueuedTask>> MemoryTaskQueue::find(TaskId id) {
    const std::scoped_lock lock(mutex_);
    const auto found = tasks_.find(id);
    if (found == tasks_.end()) {
        co_return failure(Errc::not_found, "no such task");
    }
    co_return found->second;
}

Task<Result<core::QueuedTask>> MemoryTaskQueue::find_by_key(std::string dedupe_key) {
    const std::scoped_lock lock(mutex_);
    const auto found = newest_by_key_.find(dedupe_key);
    if (found == newest_by_key_.end()) {
        co_return failure(Errc::not_found, "no task has this key");
    }
    co_return tasks_.at(found->second);
}

Task<Result<ports::TaskPage>> MemoryTaskQueue::list(core::TaskStatus status,
                                                    ports::TaskPageRequest page) {
    const std::scoped_lock lock(mutex_);
    const auto& positions = by_status_[status];
    ports::TaskPage out;
    for (auto at = page.after ? positions.upper_bound(*page.after) : positions.begin();
         at != positions.end() && page.limit > 0; ++at) {
        if (out.items.size() == page.limit) {
            out.next = position_of(out.items.back());
            break;
        }
        out.items.push_back(tasks_.at(at->id));
    }
    co_return out;
}

Task<Result<ports::TaskStats>> MemoryTaskQueue::stats(WallTime now) {
    const std::scoped_lock lock(mutex_);
    ports::TaskStats stats;
    for (const auto& [status, positions] : by_status_) {
        stats.counts[static_cast<std::size_t>(status) - 1] = positions.size();
    }
    for (const auto& [list, due] : due_) {
        if (due.empty() || std::get<WallTime>(*due.begin()) > now) {
            continue;
        }
        const auto first = std::get<WallTime>(*due.begin());
        stats.oldest_due = std::min(stats.oldest_due.value_or(first), first);
    }
    co_return stats;
}

}  // namespace slipway::adapters::memory
