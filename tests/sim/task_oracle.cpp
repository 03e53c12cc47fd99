#include "sim/task_oracle.hpp"

#include <algorithm>

namespace slipway::sim {

using core::QueuedTask;
using core::TaskStatus;

namespace {

constexpr std::size_t kMostFaults = 10;

bool holds_lease(const QueuedTask& task, const core::TaskLease& lease) {
    return task.status == TaskStatus::running && task.token == lease.token &&
           task.lease_owner == lease.owner;
}

// Checkpoints of the simulated work are step numbers.
int step_of(const std::string& checkpoint) {
    return checkpoint.empty() ? 0 : std::stoi(checkpoint);
}

}  // namespace

void TaskOracle::expect(bool holds, TaskId id, const std::string& what) {
    if (!holds && faults_.size() < kMostFaults) {
        faults_.push_back(id.to_string() + ": " + what);
    }
}

void TaskOracle::enqueued(TaskId id) {
    QueuedTask task;
    task.id = id;
    tasks_.emplace(id, task);
}

void TaskOracle::enqueued_again(TaskId id, const Result<ports::Enqueued>& answer) {
    expect(!answer || (answer->existed && answer->id == id), id, "a duplicate was not recognised");
}

void TaskOracle::claimed(const QueuedTask& task) {
    ++totals_.claims;
    auto& known = tasks_.at(task.id);
    expect(core::is_unfinished(known.status), task.id, "claimed although it was final");
    expect(task.token == known.token + 1, task.id, "the token did not rise by one");
    expect(task.checkpoint == known.checkpoint, task.id, "claimed with another checkpoint");
    known.status = TaskStatus::running;
    known.token = task.token;
    known.lease_owner = task.lease_owner;
}

void TaskOracle::apply(const TaskAttempt& attempt) {
    auto& known = tasks_.at(attempt.lease.task);
    switch (attempt.write) {
        case TaskWrite::heartbeat:
            break;
        case TaskWrite::checkpoint:
            expect(step_of(attempt.bytes) > step_of(known.checkpoint), known.id,
                   "a checkpoint went back");
            known.checkpoint = attempt.bytes;
            break;
        case TaskWrite::finish:
            expect(known.result.empty(), known.id, "done twice");
            known.status = TaskStatus::done;
            known.result = attempt.bytes;
            ++done_;
            break;
        case TaskWrite::fail:
            known.status = TaskStatus::failed;
            break;
        case TaskWrite::give_up:
            known.status = TaskStatus::dead;
            break;
        case TaskWrite::snooze:
            known.status = TaskStatus::pending;
            break;
    }
}

void TaskOracle::answered(const TaskAttempt& attempt, const Result<QueuedTask>& answer) {
    const auto& known = tasks_.at(attempt.lease.task);
    const bool may = holds_lease(known, attempt.lease);
    if (answer) {
        ++totals_.accepted;
        expect(may, known.id, "a stale write was accepted");
        apply(attempt);
        return;
    }
    expect(answer.error().code == Errc::conflict, known.id,
           "refused with " + answer.error().detail);
    expect(!may, known.id, "the holder's write was refused");
    ++totals_.refused;
    ++totals_.refused_by_write[static_cast<std::size_t>(attempt.write)];
}

void TaskOracle::unknown(const TaskAttempt& attempt) {
    ++totals_.unknown;
    unknown_.push_back(attempt);
}

void TaskOracle::unknown_claim(const std::string& owner) {
    ++totals_.unknown;
    unknown_claims_.push_back(owner);
}

void TaskOracle::released() {
    for (auto& [id, task] : tasks_) {
        if (task.status == TaskStatus::running) {
            task.status = TaskStatus::pending;
        }
    }
}

void TaskOracle::retried(TaskId id) {
    tasks_.at(id).status = TaskStatus::pending;
}

bool TaskOracle::explains(const QueuedTask& stored) const {
    const auto& known = tasks_.at(stored.id);
    const auto same = [&stored](const QueuedTask& told) {
        return stored.status == told.status && stored.token == told.token &&
               stored.checkpoint == told.checkpoint && stored.result == told.result;
    };
    if (same(known)) {
        return true;
    }
    if (core::is_unfinished(known.status) && stored.status == TaskStatus::running &&
        stored.token == known.token + 1 && stored.checkpoint == known.checkpoint) {
        return std::ranges::count(unknown_claims_, stored.lease_owner) > 0;
    }
    return std::ranges::any_of(unknown_, [&](const TaskAttempt& attempt) {
        if (attempt.lease.task != stored.id || !holds_lease(known, attempt.lease)) {
            return false;
        }
        TaskOracle then;
        then.tasks_.emplace(known.id, known);
        then.apply(attempt);
        return same(then.tasks_.at(known.id));
    });
}

void TaskOracle::reread(TaskId id, const Result<QueuedTask>& stored) {
    if (!stored) {
        expect(false, id, "lost in a restart: " + stored.error().detail);
        return;
    }
    const QueuedTask& task = *stored;
    auto& known = tasks_.at(id);
    const bool is_as_told = known.status == task.status && known.token == task.token &&
                            known.checkpoint == task.checkpoint;
    expect(explains(task), task.id, "after a restart it is not what was told, nor a step on");
    if (is_as_told) {
        return;
    }
    ++totals_.unknown_that_happened;
    done_ += task.status == TaskStatus::done ? 1 : 0;
    known.status = task.status;
    known.token = task.token;
    known.lease_owner = task.lease_owner;
    known.checkpoint = task.checkpoint;
    known.result = task.result;
}

void TaskOracle::all_reread() {
    unknown_.clear();
    unknown_claims_.clear();
}

}  // namespace slipway::sim
