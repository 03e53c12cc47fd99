// TaskQueueSimulation: workers that are killed, that oversleep their leases and write on, and whose
// clocks are wrong, drain a queue whose machine is restarted and loses power in the middle of
// writes. One thread plays all of them, from a seed; the oracle judges every answer.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/memory/manual_clock.hpp"
#include "sim/choices.hpp"
#include "sim/task_oracle.hpp"
#include "sim/task_queue_machine.hpp"

namespace slipway::sim {

// What was done to the queue; a run in which one of them stays 0 proves nothing.
struct TaskFaults {
    std::size_t kills = 0;
    std::size_t oversleeps = 0;
    std::size_t restarts = 0;
    std::size_t power_cuts = 0;
    std::size_t released = 0;
    std::size_t duplicates = 0;
    std::size_t retried = 0;
};

class TaskQueueSimulation {
 public:
    TaskQueueSimulation(TaskQueueMachine& machine, adapters::memory::ManualClock& clock,
                        std::uint64_t seed, std::size_t tasks);

    // Until every task is done, or clearly never will be.
    void play();

    const TaskOracle& oracle() const { return oracle_; }
    const TaskFaults& faults() const { return faults_; }
    std::size_t rounds() const { return rounds_; }

 private:
    struct Worker {
        std::string owner;
        std::chrono::milliseconds clock_error{0};
        // As the worker believes it to be.
        std::optional<core::QueuedTask> task;
        WallTime asleep_until;
    };

    void play_round();
    void restart_when_it_is_time();
    void begin_process();
    Task<void> reread_all();
    Task<void> produce();
    Task<void> operate();
    Task<void> act(Worker& worker);
    Task<void> claim(Worker& worker);
    Task<void> write(Worker& worker);
    TaskWrite choose_write(const Worker& worker);
    Task<Result<core::QueuedTask>> hand_in(const TaskAttempt& attempt, WallTime now);
    void be_born(Worker& worker);
    WallTime now_of(const Worker& worker) const { return clock_.wall() + worker.clock_error; }
    void run(std::vector<Task<void>> tasks);

    TaskQueueMachine& machine_;
    adapters::memory::ManualClock& clock_;
    Choices choices_;
    const std::size_t wanted_;
    boost::asio::io_context loop_{1};
    TaskOracle oracle_;
    TaskFaults faults_;
    std::vector<Worker> workers_;
    std::size_t rounds_ = 0;
    std::uint64_t next_task_ = 0;
    std::size_t restarts_begun_ = 0;
    std::size_t restarted_in_ = 0;  // the round
    bool power_fails_soon_ = false;
    Unsynced unsynced_ = Unsynced::lost;
};

}  // namespace slipway::sim
