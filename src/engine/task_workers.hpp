// TaskWorkers: a bounded pool that drains the task queue. It claims, renews leases beside the
// handlers, and writes down how each run ended; what a task does is its handler's matter. Whether
// tasks of dead owners may be released (TaskQueue::release_dead) is decided by whoever starts it.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/task_handler.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"
#include "ports/task_queue.hpp"
#include "runtime/alarm.hpp"
#include "runtime/retry.hpp"
#include "runtime/slots.hpp"

namespace slipway::engine {

struct TaskWorkerOptions {
    // Of this start of this process, as in ports::ClaimRequest.
    std::string owner;
    // Tasks that run at once.
    std::size_t workers = 2;
    // How long a dead owner's tasks wait for another; renewed at every third of it, and given up
    // by who could not renew it for four fifths of it.
    std::chrono::milliseconds lease{30'000};
    // How late a task that becomes due is noticed, unless wake() is called.
    std::chrono::milliseconds poll{1'000};
    // Between attempts; the number of them is the task's own.
    runtime::RetryPolicy backoff{.base = std::chrono::seconds(1), .max = std::chrono::minutes(5)};
};

// Runs by the way they ended; read from any thread.
struct TaskCounts {
    std::atomic<std::uint64_t> done{0};
    std::atomic<std::uint64_t> snoozed{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> dead{0};
    // Another had claimed the task: what this run wrote last was refused.
    std::atomic<std::uint64_t> lost{0};
};

class TaskWorkers {
 public:
    // All of them outlive it.
    TaskWorkers(ports::TaskQueue& queue, ports::Clock& clock, ports::Random& random,
                TaskWorkerOptions options);

    // Before run(). Tasks of kinds without a handler are left alone.
    void handle(core::TaskKind kind, TaskHandler& handler);

    // Claims and runs tasks until stop(); completes when every handler has returned and its task is
    // given back or ended. Once.
    Task<void> run();
    // Tells every handler to stop; a task that stops is given back with its checkpoint, due at
    // once. Thread-safe, idempotent.
    void stop();
    // There may be a task that is due: looks now instead of at the next poll. Thread-safe.
    void wake();

    const TaskCounts& counts() const { return counts_; }
    std::size_t running() const { return running_.load(); }
    // The queue's figures as they were at most a poll ago; those of an empty one at first.
    // Thread-safe.
    ports::TaskStats figures() const;

 private:
    Task<Result<std::optional<core::QueuedTask>>> claim_next();
    Task<void> refresh_figures();
    Task<void> work(core::QueuedTask task, runtime::Slot slot, SteadyTime claimed_from);
    Task<TaskOutcome> run_handler(TaskContext& context);
    Task<void> keep_lease(TaskContext& context, runtime::Alarm& ended, SteadyTime claimed_from);
    Task<void> settle(TaskContext& context, TaskOutcome outcome);
    // Hands in how the run ended, again where the queue was away.
    Task<Result<core::QueuedTask>> write_end(TaskContext& context, TaskOutcome outcome);
    void count_end(const core::QueuedTask& ended);
    WallTime retry_time(std::uint32_t attempts);

    ports::TaskQueue& queue_;
    ports::Clock& clock_;
    ports::Random& random_;
    const TaskWorkerOptions options_;
    std::array<TaskHandler*, core::kTaskKinds> handlers_{};
    std::vector<core::TaskKind> kinds_;
    TaskCounts counts_;
    std::atomic<std::size_t> running_{0};
    std::atomic<bool> stopping_{false};
    // Guards what stop(), wake() and figures() share with the loop.
    mutable std::mutex mutex_;
    std::unique_ptr<runtime::Alarm> bell_;
    ports::TaskStats figures_;
    SteadyTime figures_from_;
};

}  // namespace slipway::engine
