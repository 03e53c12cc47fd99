// TaskOracle: what the users of a task queue were told, and whether every later answer agrees with
// it: no write of a stale worker is accepted and none of the holder's is refused, checkpoints never
// go back, a task is done once, none is lost. It is told of answers in the order of their effects.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/queued_task.hpp"
#include "ports/task_queue.hpp"

namespace slipway::sim {

enum class TaskWrite { heartbeat, checkpoint, finish, fail, give_up, snooze };
inline constexpr std::size_t kTaskWrites = 6;

// A write that was handed in.
struct TaskAttempt {
    core::TaskLease lease;
    TaskWrite write = TaskWrite::heartbeat;
    std::string bytes;  // of a checkpoint or a result
};

class TaskOracle {
 public:
    struct Totals {
        std::size_t claims = 0;
        std::size_t accepted = 0;
        std::size_t refused = 0;
        std::array<std::size_t, kTaskWrites> refused_by_write{};
        std::size_t unknown = 0;
        std::size_t unknown_that_happened = 0;
    };

    void enqueued(TaskId id);
    // The same key once more, while that task is unfinished.
    void enqueued_again(TaskId id, const Result<ports::Enqueued>& answer);
    void claimed(const core::QueuedTask& task);
    void answered(const TaskAttempt& attempt, const Result<core::QueuedTask>& answer);
    // Nobody knows whether it happened: the next reading tells.
    void unknown(const TaskAttempt& attempt);
    void unknown_claim(const std::string& owner);
    // The operator's and the starting process's changes.
    void released();
    void retried(TaskId id);

    // The stored record after a restart, when nothing is under way: it is what was told, or one
    // step on by a write whose outcome was unknown.
    void reread(TaskId id, const Result<core::QueuedTask>& stored);
    void all_reread();

    std::size_t done() const { return done_; }
    const std::map<TaskId, core::QueuedTask>& tasks() const { return tasks_; }
    const Totals& totals() const { return totals_; }
    // The first few of what was wrong.
    const std::vector<std::string>& faults() const { return faults_; }

 private:
    void expect(bool holds, TaskId id, const std::string& what);
    void apply(const TaskAttempt& attempt);
    bool explains(const core::QueuedTask& stored) const;

    // Only what is compared is kept up: status, token, owner, checkpoint and result.
    std::map<TaskId, core::QueuedTask> tasks_;
    std::size_t done_ = 0;
    std::vector<TaskAttempt> unknown_;
    std::vector<std::string> unknown_claims_;
    Totals totals_;
    std::vector<std::string> faults_;
};

}  // namespace slipway::sim
