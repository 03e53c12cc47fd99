#include "sim/task_queue_simulation.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "contract/task_samples.hpp"

namespace slipway::sim {

using namespace std::chrono_literals;
using core::QueuedTask;
using core::TaskStatus;

namespace {

constexpr std::chrono::milliseconds kLease = 10s;
constexpr std::size_t kWorkers = 32;
constexpr std::uint64_t kNewTasksARound = 4;
constexpr std::size_t kMostUnfinished = 200;
constexpr std::size_t kRestarts = 24;
constexpr std::size_t kMostRoundsToACut = 500;
constexpr std::uint32_t kMostSteps = 6;

// Each step of the work is a checkpoint.
int steps_of(const QueuedTask& task) {
    return 1 + static_cast<int>(task.shard % kMostSteps);
}

int step_of(const QueuedTask& task) {
    return task.checkpoint.empty() ? 0 : std::stoi(task.checkpoint);
}

core::NewTask simulated_task(std::uint64_t number, WallTime now) {
    auto wanted = contract::new_task_of(number);
    wanted.kind = static_cast<core::TaskKind>(1 + number % core::kTaskKinds);
    wanted.priority = static_cast<core::TaskPriority>(1 + number % core::kTaskPriorities);
    wanted.created_at = now;
    wanted.max_attempts = 1000;
    return wanted;
}

}  // namespace

TaskQueueSimulation::TaskQueueSimulation(TaskQueueMachine& machine,
                                         adapters::memory::ManualClock& clock, std::uint64_t seed,
                                         std::size_t tasks)
    : machine_(machine), clock_(clock), choices_(seed), wanted_(tasks), workers_(kWorkers) {
    for (auto& worker : workers_) {
        be_born(worker);
    }
}

void TaskQueueSimulation::be_born(Worker& worker) {
    worker = Worker();
    // Few names, used again: only the tokens tell one life from another.
    worker.owner = "node " + std::to_string(choices_.below(4));
    // One clock in four is wrong, by up to a lease, in either direction.
    if (choices_.one_in(4)) {
        const auto range = static_cast<std::uint32_t>(2 * kLease.count());
        worker.clock_error = std::chrono::milliseconds(choices_.below(range)) - kLease;
    }
}

void TaskQueueSimulation::run(std::vector<Task<void>> tasks) {
    for (auto& task : tasks) {
        boost::asio::co_spawn(loop_, std::move(task), [](const std::exception_ptr& thrown) {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        });
    }
    loop_.restart();
    loop_.run();
}

void TaskQueueSimulation::play() {
    const std::size_t most_rounds = 10'000 + wanted_ * 20;
    while (oracle_.done() < wanted_ && rounds_ < most_rounds && oracle_.faults().empty()) {
        play_round();
        restart_when_it_is_time();
    }
    if (!machine_.has_power()) {
        machine_.power_on(Unsynced::lost);
    }
    begin_process();
}

void TaskQueueSimulation::play_round() {
    ++rounds_;
    clock_.advance(std::chrono::milliseconds(choices_.below(500)));
    // In this order they are handed in, and in this order they take effect and are answered.
    std::vector<Task<void>> tasks;
    tasks.push_back(produce());
    for (auto& worker : workers_) {
        if (choices_.one_in(2)) {
            tasks.push_back(act(worker));
        }
    }
    if (!power_fails_soon_ && choices_.one_in(10)) {
        tasks.push_back(operate());
    }
    run(std::move(tasks));
}

void TaskQueueSimulation::restart_when_it_is_time() {
    if (power_fails_soon_) {
        // Once all that is left is dead nothing is written, and the operator waits for the cut.
        const bool is_idle = machine_.has_power() && rounds_ - restarted_in_ > kMostRoundsToACut;
        if (!machine_.has_power() || is_idle) {
            ++(is_idle ? faults_.restarts : faults_.power_cuts);
            power_fails_soon_ = false;
            machine_.power_on(unsynced_);
            begin_process();
        }
        return;
    }
    if (oracle_.done() < (restarts_begun_ + 1) * wanted_ / (kRestarts + 1)) {
        return;
    }
    ++restarts_begun_;
    restarted_in_ = rounds_;
    // In turn: a restart, a cut that loses what was not synced, a restart, and a cut at a sync (a
    // change is one write and one sync) whose bytes had reached the disk all the same.
    unsynced_ = restarts_begun_ % 4 == 0 ? Unsynced::kept : Unsynced::lost;
    const auto writes =
        unsynced_ == Unsynced::kept ? 1 + 2 * choices_.below(20) : choices_.below(40);
    power_fails_soon_ = restarts_begun_ % 2 == 0 && machine_.cut_power_after(writes);
    if (!power_fails_soon_) {
        ++faults_.restarts;
        machine_.restart();
        begin_process();
    }
}

// All workers are gone but those that sleep: they wake up later and do not know.
void TaskQueueSimulation::begin_process() {
    for (auto& worker : workers_) {
        if (worker.asleep_until <= clock_.wall()) {
            be_born(worker);
        }
    }
    std::vector<Task<void>> tasks;
    tasks.push_back(reread_all());
    run(std::move(tasks));
}

Task<void> TaskQueueSimulation::reread_all() {
    auto& queue = machine_.queue();
    for (const auto& [id, told] : oracle_.tasks()) {
        const auto stored = co_await queue.find(id);
        oracle_.reread(id, stored);
    }
    // The one that was being enqueued at the cut may be there, and may have been claimed.
    const auto next = contract::task_id_of(next_task_);
    if (const auto stored = co_await queue.find(next); stored && next_task_ < wanted_) {
        oracle_.enqueued(next);
        oracle_.reread(next, stored);
        ++next_task_;
    }
    oracle_.all_reread();
    const auto released = co_await queue.release_dead("the new process", clock_.wall());
    oracle_.released();
    faults_.released += released.value_or(0);
}

Task<void> TaskQueueSimulation::produce() {
    for (std::uint64_t i = 0; i < kNewTasksARound && next_task_ < wanted_ &&
                              next_task_ - oracle_.done() < kMostUnfinished;
         ++i) {
        const auto answer =
            co_await machine_.queue().enqueue(simulated_task(next_task_, clock_.wall()));
        if (!answer) {
            co_return;
        }
        oracle_.enqueued(answer->id);
        if (choices_.one_in(5)) {
            auto again = simulated_task(next_task_, clock_.wall());
            again.id = contract::task_id_of(wanted_ + next_task_);
            const auto same = co_await machine_.queue().enqueue(std::move(again));
            oracle_.enqueued_again(answer->id, same);
            faults_.duplicates += same ? 1U : 0U;
        }
        ++next_task_;
    }
}

// The operator has another try at what is dead.
Task<void> TaskQueueSimulation::operate() {
    const auto dead = co_await machine_.queue().list(TaskStatus::dead, {});
    if (!dead) {
        co_return;
    }
    for (const auto& task : dead->items) {
        if (co_await machine_.queue().retry_dead(task.id, clock_.wall())) {
            ++faults_.retried;
            oracle_.retried(task.id);
        }
    }
}

Task<void> TaskQueueSimulation::act(Worker& worker) {
    if (worker.asleep_until > clock_.wall()) {
        co_return;
    }
    if (!worker.task) {
        co_await claim(worker);
    } else if (choices_.one_in(40)) {
        ++faults_.kills;
        be_born(worker);
    } else if (choices_.one_in(30)) {
        ++faults_.oversleeps;
        worker.asleep_until = clock_.wall() + kLease + std::chrono::seconds(choices_.below(20));
    } else {
        co_await write(worker);
    }
}

Task<void> TaskQueueSimulation::claim(Worker& worker) {
    ports::ClaimRequest request{.owner = worker.owner,
                                .kinds = contract::all_task_kinds(),
                                .now = now_of(worker),
                                .lease_length = kLease};
    auto claimed = co_await machine_.queue().claim(std::move(request));
    if (!claimed) {
        if (claimed.error().code == Errc::outcome_unknown) {
            oracle_.unknown_claim(worker.owner);
        }
        co_return;
    }
    worker.asleep_until = WallTime();
    worker.task = std::move(*claimed);
    if (worker.task) {
        oracle_.claimed(*worker.task);
    }
}

TaskWrite TaskQueueSimulation::choose_write(const Worker& worker) {
    const QueuedTask& task = *worker.task;
    if (worker.asleep_until != WallTime()) {
        // Once it has overslept, it tries everything.
        return static_cast<TaskWrite>(choices_.below(kTaskWrites));
    }
    if (choices_.one_in(8)) {
        return TaskWrite::heartbeat;
    }
    if (choices_.one_in(20)) {
        return TaskWrite::fail;
    }
    if (choices_.one_in(100)) {
        return TaskWrite::give_up;
    }
    if (choices_.one_in(20)) {
        return TaskWrite::snooze;
    }
    return step_of(task) < steps_of(task) ? TaskWrite::checkpoint : TaskWrite::finish;
}

Task<Result<QueuedTask>> TaskQueueSimulation::hand_in(const TaskAttempt& attempt, WallTime now) {
    auto& queue = machine_.queue();
    core::TaskFailure failure{.error = "simulated",
                              .then = core::AfterFailure::retry,
                              .now = now,
                              .retry_at = now + std::chrono::milliseconds(choices_.below(5000))};
    switch (attempt.write) {
        case TaskWrite::heartbeat:
            co_return co_await queue.heartbeat(attempt.lease, now, kLease);
        case TaskWrite::checkpoint:
            co_return co_await queue.checkpoint(attempt.lease, attempt.bytes);
        case TaskWrite::finish:
            co_return co_await queue.finish(attempt.lease, attempt.bytes, now);
        case TaskWrite::snooze:
            co_return co_await queue.snooze(attempt.lease, now + 1s, now);
        case TaskWrite::give_up:
            failure.then = core::AfterFailure::give_up;
            break;
        case TaskWrite::fail:
            break;
    }
    co_return co_await queue.fail(attempt.lease, std::move(failure));
}

Task<void> TaskQueueSimulation::write(Worker& worker) {
    QueuedTask& task = *worker.task;
    TaskAttempt attempt{.lease = core::lease_of(task), .write = choose_write(worker), .bytes = {}};
    if (attempt.write == TaskWrite::checkpoint) {
        attempt.bytes = std::to_string(step_of(task) + 1);
    } else if (attempt.write == TaskWrite::finish) {
        attempt.bytes = "token " + std::to_string(task.token);
    }
    const auto answer = co_await hand_in(attempt, now_of(worker));
    if (!answer && answer.error().code == Errc::outcome_unknown) {
        oracle_.unknown(attempt);
        co_return;
    }
    if (!answer && answer.error().code == Errc::unavailable) {
        co_return;
    }
    oracle_.answered(attempt, answer);
    if (answer && answer->status == TaskStatus::running) {
        worker.task = *answer;
    } else if (!answer && choices_.one_in(2)) {
        // It does not listen, and goes on with the work that is no longer its own.
        task.checkpoint = attempt.write == TaskWrite::checkpoint ? attempt.bytes : task.checkpoint;
    } else {
        worker.task.reset();
    }
}

}  // namespace slipway::sim
