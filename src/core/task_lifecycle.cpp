#include "core/task_lifecycle.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace slipway::core {

namespace {

bool is_held_by(const QueuedTask& task, const TaskLease& lease) {
    return task.id == lease.task && task.token == lease.token && task.lease_owner == lease.owner;
}

bool runs_under(const QueuedTask& task, const TaskLease& lease) {
    return task.status == TaskStatus::running && is_held_by(task, lease);
}

// A waiting task, due at `when`.
QueuedTask put_back(QueuedTask task, TaskStatus status, WallTime when) {
    task.status = status;
    task.not_before = when;
    task.woken = false;
    task.lease_owner.clear();
    task.lease_end = WallTime();
    return task;
}

QueuedTask bury(QueuedTask task, WallTime now) {
    task = put_back(std::move(task), TaskStatus::dead, WallTime());
    task.attempts = std::min(task.attempts, task.max_attempts);
    task.finished_at = now;
    return task;
}

}  // namespace

QueuedTask new_task(NewTask wanted) {
    QueuedTask task;
    task.id = wanted.id;
    task.kind = wanted.kind;
    task.priority = wanted.priority;
    task.shard = shard_of(wanted.subject);
    task.subject = std::move(wanted.subject);
    task.payload = std::move(wanted.payload);
    task.dedupe_key = std::move(wanted.dedupe_key);
    task.max_attempts = wanted.max_attempts;
    task.not_before = wanted.not_before.value_or(wanted.created_at);
    task.created_at = wanted.created_at;
    return task;
}

bool is_claimable(const QueuedTask& task, WallTime now) {
    return is_unfinished(task.status) && due_at(task) <= now;
}

QueuedTask claim(QueuedTask task, const Claim& by) {
    assert(is_claimable(task, by.now));
    const bool used_up = task.attempts >= task.max_attempts;
    if (used_up && !has_last_word(task.kind)) {
        task.last_error = "given up: every attempt ended without an answer";
        return bury(std::move(task), by.now);
    }
    task.status = TaskStatus::running;
    task.attempts = used_up ? task.max_attempts + 1 : task.attempts + 1;
    ++task.token;
    task.not_before = WallTime();
    task.woken = false;
    task.lease_owner = by.owner;
    task.lease_end = by.now + by.length;
    return task;
}

HeldStep heartbeat(QueuedTask task, const TaskLease& by, WallTime now,
                   std::chrono::milliseconds length) {
    if (!runs_under(task, by)) {
        return std::unexpected(StaleLease());
    }
    task.lease_end = std::max(task.lease_end, now + length);
    return task;
}

HeldStep checkpoint(QueuedTask task, const TaskLease& by, std::string bytes) {
    if (!runs_under(task, by)) {
        return std::unexpected(StaleLease());
    }
    if (bytes != task.checkpoint) {
        task.checkpoint = std::move(bytes);
        task.attempts = 1;
    }
    return task;
}

HeldStep finish(QueuedTask task, const TaskLease& by, std::string result, WallTime now) {
    if (task.status == TaskStatus::done && is_held_by(task, by)) {
        return task;
    }
    if (!runs_under(task, by)) {
        return std::unexpected(StaleLease());
    }
    task.status = TaskStatus::done;
    task.result = std::move(result);
    task.woken = false;
    task.lease_end = WallTime();
    task.finished_at = now;
    return task;
}

HeldStep fail(QueuedTask task, const TaskLease& by, TaskFailure failure) {
    if (!runs_under(task, by)) {
        return std::unexpected(StaleLease());
    }
    task.last_error = std::move(failure.error);
    task.last_error.resize(std::min(task.last_error.size(), kMaxTaskText));
    const bool used_up = task.attempts >= task.max_attempts && !has_last_word(task.kind);
    if (failure.then == AfterFailure::give_up || used_up) {
        return bury(std::move(task), failure.now);
    }
    const WallTime when = task.woken ? failure.now : failure.retry_at;
    return put_back(std::move(task), TaskStatus::failed, when);
}

HeldStep snooze(QueuedTask task, const TaskLease& by, WallTime not_before, WallTime now) {
    if (!runs_under(task, by)) {
        return std::unexpected(StaleLease());
    }
    --task.attempts;
    const WallTime when = task.woken ? now : not_before;
    return put_back(std::move(task), TaskStatus::pending, when);
}

QueuedTask release(QueuedTask task, WallTime now) {
    assert(task.status == TaskStatus::running);
    return put_back(std::move(task), TaskStatus::pending, now);
}

QueuedTask wake(QueuedTask task, WallTime now) {
    switch (task.status) {
        case TaskStatus::pending:
        case TaskStatus::failed:
            task.not_before = std::min(task.not_before, now);
            break;
        case TaskStatus::running:
            task.woken = true;
            break;
        case TaskStatus::done:
        case TaskStatus::dead:
            break;
    }
    return task;
}

QueuedTask retry_dead(QueuedTask task, WallTime now) {
    assert(task.status == TaskStatus::dead);
    task.attempts = 0;
    task.finished_at = WallTime();
    return put_back(std::move(task), TaskStatus::pending, now);
}

}  // namespace slipway::core
