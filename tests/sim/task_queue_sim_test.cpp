// No task is lost, none is done twice, and no stale write is accepted, whatever happens to workers
// and machine: over 1,000 tasks, or 50,000 with SLIPWAY_TORTURE=long, or SLIPWAY_QUEUE_TASKS.
// SLIPWAY_TEST_SEED repeats a run, as far as the writer's thread forms the same groups.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "runtime/run_blocking.hpp"
#include "sim/task_queue_simulation.hpp"
#include "sim/torture.hpp"

namespace slipway::sim {
namespace {

using core::TaskStatus;

std::size_t tasks_wanted() {
    const char* count = std::getenv("SLIPWAY_QUEUE_TASKS");
    if (count != nullptr) {
        return std::stoul(count);
    }
    return is_long_torture() ? 50'000 : 1'000;
}

std::uint64_t seed_of_run() {
    const char* fixed = std::getenv("SLIPWAY_TEST_SEED");
    const std::uint64_t seed = fixed != nullptr ? std::stoull(fixed) : std::random_device{}();
    std::cout << "SLIPWAY_TEST_SEED=" << seed << '\n';
    return seed;
}

void print_totals(const TaskQueueSimulation& run, std::string_view machine) {
    const auto& totals = run.oracle().totals();
    const auto& faults = run.faults();
    std::cout << machine << ": " << run.oracle().done() << " tasks done in " << run.rounds()
              << " rounds; " << totals.claims << " claims, " << totals.accepted
              << " writes accepted, " << totals.refused << " stale ones refused; " << faults.kills
              << " workers killed, " << faults.oversleeps << " leases overslept, "
              << faults.restarts << " restarts, " << faults.power_cuts << " power cuts ("
              << totals.unknown << " outcomes unknown, " << totals.unknown_that_happened
              << " of them had happened), " << faults.released << " tasks of dead owners released, "
              << faults.retried << " dead tasks tried again, " << faults.duplicates
              << " duplicates recognised\n";
}

// The end: every task stands in the queue as done, with the result that was accepted.
void expect_all_done(TaskQueueMachine& machine, const TaskOracle& oracle, std::size_t tasks,
                     WallTime now) {
    for (const auto& fault : oracle.faults()) {
        ADD_FAILURE() << fault;
    }
    ASSERT_EQ(oracle.done(), tasks);
    ASSERT_EQ(oracle.tasks().size(), tasks);
    for (const auto& [id, told] : oracle.tasks()) {
        const auto stored = runtime::run_blocking(machine.queue().find(id));
        ASSERT_TRUE(stored) << id.to_string() << " is lost: " << stored.error().detail;
        EXPECT_EQ(stored->status, TaskStatus::done);
        EXPECT_EQ(stored->result, told.result);
        EXPECT_EQ(stored->result, "token " + std::to_string(stored->token));
        EXPECT_EQ(stored->checkpoint, told.checkpoint);
    }
    const auto stats = runtime::run_blocking(machine.queue().stats(now));
    ASSERT_TRUE(stats);
    ports::TaskStats only_done;
    only_done.counts[static_cast<std::size_t>(TaskStatus::done) - 1] = tasks;
    EXPECT_EQ(stats->counts, only_done.counts);
    EXPECT_FALSE(stats->oldest_due);
}

void expect_faults_fired(const TaskQueueSimulation& run) {
    const auto& totals = run.oracle().totals();
    const auto& faults = run.faults();
    EXPECT_TRUE(std::ranges::all_of(totals.refused_by_write, [](auto count) { return count > 0; }))
        << "every kind of write has to be tried by a stale worker";
    for (const auto count : {faults.kills, faults.oversleeps, faults.restarts, faults.released,
                             faults.duplicates, faults.retried}) {
        EXPECT_GT(count, 0U);
    }
}

TEST(TaskQueueSimulation, InMemory) {
    adapters::memory::ManualClock clock;
    const auto machine = memory_task_machine();
    TaskQueueSimulation run(*machine, clock, seed_of_run(), tasks_wanted());
    run.play();
    print_totals(run, "memory");
    expect_all_done(*machine, run.oracle(), tasks_wanted(), clock.wall());
    expect_faults_fired(run);
}

TEST(TaskQueueSimulation, InRocksDbWithPowerCuts) {
    adapters::memory::ManualClock clock;
    const auto machine = rocksdb_task_machine(clock);
    TaskQueueSimulation run(*machine, clock, seed_of_run(), tasks_wanted());
    run.play();
    print_totals(run, "rocksdb");
    expect_all_done(*machine, run.oracle(), tasks_wanted(), clock.wall());
    expect_faults_fired(run);
    EXPECT_GT(run.faults().power_cuts, 0U);
    EXPECT_GT(run.oracle().totals().unknown, 0U);
    EXPECT_GT(run.oracle().totals().unknown_that_happened, 0U);
}

}  // namespace
}  // namespace slipway::sim
