// What the queue's contract does not say of the adapter in RocksDB: what survives, what shares a
// sync, and what a damaged record does not stop.
#include <algorithm>
#include <array>
#include <string>

#include "adapters/rocksdb/catalog_fixture.hpp"
#include "adapters/rocksdb/faulty_disk.hpp"
#include "adapters/rocksdb/raw_database_fixture.hpp"
#include "adapters/rocksdb/rocksdb_task_queue.hpp"
#include "contract/task_samples.hpp"

namespace slipway::adapters::rocksdb {
namespace {

using namespace std::chrono_literals;
using contract::claim_by;
using contract::fails_with;
using contract::failure_at;
using contract::kTaskLease;
using contract::kTaskTime;
using contract::new_task_of;
using contract::run;
using contract::succeeds;
using contract::task_id_of;
using core::QueuedTask;
using core::TaskStatus;

class TaskDurability : public CatalogFixture {
 protected:
    std::shared_ptr<EmbeddedDatabase> open_database(const std::filesystem::path& at,
                                                    EmbeddedDatabaseOptions options = {}) {
        auto opened = EmbeddedDatabase::open(at, pool_, clock_, std::move(options));
        EXPECT_TRUE(succeeds(opened));
        return opened ? *opened : nullptr;
    }
    RocksDbTaskQueue open_queue(const std::filesystem::path& at) {
        return RocksDbTaskQueue(open_database(at));
    }
    RocksDbTaskQueue open_queue() { return open_queue(path()); }

    // Every kind of change; the records as they were acknowledged.
    std::vector<QueuedTask> fill(RocksDbTaskQueue& queue) {
        std::vector<QueuedTask> out;
        for (const std::uint64_t number : {1U, 2U, 3U, 4U, 5U, 6U}) {
            EXPECT_TRUE(succeeds(run(queue.enqueue(new_task_of(number)))));
        }
        std::vector<core::TaskLease> leases;
        for (int i = 0; i < 5; ++i) {
            leases.push_back(core::lease_of(**run(queue.claim(claim_by("w", kTaskTime + 1s)))));
        }
        EXPECT_TRUE(succeeds(run(queue.checkpoint(leases[0], "half"))));
        out.push_back(*run(queue.heartbeat(leases[0], kTaskTime + 5s, kTaskLease)));
        out.push_back(*run(queue.finish(leases[1], "result", kTaskTime + 5s)));
        out.push_back(*run(queue.fail(leases[2], failure_at(kTaskTime + 5s))));
        out.push_back(*run(queue.snooze(leases[3], kTaskTime + 1h, kTaskTime + 5s)));
        out.push_back(
            *run(queue.fail(leases[4], failure_at(kTaskTime + 5s, core::AfterFailure::give_up))));
        out.push_back(*run(queue.find(task_id_of(6))));
        return out;
    }
    void expect_filled(RocksDbTaskQueue& queue, const std::vector<QueuedTask>& tasks) {
        const auto stats = run(queue.stats(kTaskTime + 1s));
        ASSERT_TRUE(succeeds(stats));
        EXPECT_EQ(stats->counts, (std::array<std::size_t, 5>{2, 1, 1, 1, 1}));
        EXPECT_EQ(stats->oldest_due, kTaskTime + 6ms);
        for (const auto& task : tasks) {
            EXPECT_EQ(run(queue.find(task.id)), task);
            EXPECT_EQ(run(queue.find_by_key(task.dedupe_key)), task);
            const auto page = run(queue.list(task.status, {}));
            ASSERT_TRUE(succeeds(page));
            EXPECT_EQ(std::ranges::count(page->items, task), 1);
        }
    }
};

TEST_F(TaskDurability, ReopeningKeepsEverything) {
    std::vector<QueuedTask> tasks;
    {
        auto queue = open_queue();
        tasks = fill(queue);
    }
    for (int round = 0; round < 3; ++round) {
        auto queue = open_queue();
        expect_filled(queue, tasks);
    }
    auto queue = open_queue();
    EXPECT_EQ(run(queue.release_dead("new", kTaskTime + 6s)), 1U);
    EXPECT_EQ((*run(queue.claim(claim_by("new", kTaskTime + 6s))))->id, task_id_of(6));
    const auto resumed = *run(queue.claim(claim_by("new", kTaskTime + 6s)));
    ASSERT_TRUE(resumed);
    EXPECT_EQ(resumed->id, task_id_of(1));
    EXPECT_EQ(resumed->checkpoint, "half");
}

TEST_F(TaskDurability, EverythingAcknowledgedSurvivesAPowerCut) {
    FaultyDisk disk;
    RocksDbTaskQueue queue(open_database(path(), {.env = disk.env()}));
    const auto tasks = fill(queue);
    disk.copy_after_power_cut(path(), path("copy"));
    auto copy = open_queue(path("copy"));
    expect_filled(copy, tasks);
}

// Fails the Nth write or sync of the log, for N = 0, 1, 2 … until all calls pass: after a power cut
// the task is as it was last acknowledged, or one step on.
TEST_F(TaskDurability, AStepIsThereWhollyOrNotAtAll) {
    bool failed = true;
    std::uint64_t calls = 0;
    for (; failed; ++calls) {
        ASSERT_LT(calls, 100U);
        const auto name = "at" + std::to_string(calls);
        FaultyDisk disk;
        EmbeddedDatabaseOptions options{.env = disk.env()};
        options.writer.on_fatal = [](const Error&) {};
        RocksDbTaskQueue queue(open_database(path(name), std::move(options)));
        disk.fail_after(calls);
        std::vector<QueuedTask> steps = {core::new_task(new_task_of(1))};
        const auto wanted = new_task_of(1);
        auto task = steps[0];
        bool enqueued = run(queue.enqueue(wanted)).has_value();
        task = core::claim(task, {.owner = "w", .now = kTaskTime + 1s, .length = kTaskLease});
        steps.push_back(task);
        task = *core::checkpoint(task, core::lease_of(task), "half");
        steps.push_back(task);
        task = *core::finish(task, core::lease_of(task), "result", kTaskTime + 2s);
        steps.push_back(task);
        std::size_t acknowledged = enqueued ? 1 : 0;
        acknowledged += run(queue.claim(claim_by("w", kTaskTime + 1s))) ? 1U : 0U;
        acknowledged += run(queue.checkpoint(core::lease_of(task), "half")) ? 1U : 0U;
        acknowledged += run(queue.finish(core::lease_of(task), "result", kTaskTime + 2s)) ? 1U : 0U;
        failed = disk.failures() > 0;
        ASSERT_EQ(acknowledged == steps.size(), !failed);
        disk.copy_after_power_cut(path(name), path(name + "copy"));
        auto copy = open_queue(path(name + "copy"));
        const auto found = run(copy.find(wanted.id));
        if (acknowledged == 0 && !found) {
            EXPECT_TRUE(fails_with(found, Errc::not_found));
            EXPECT_TRUE(fails_with(run(copy.find_by_key(wanted.dedupe_key)), Errc::not_found));
            EXPECT_EQ(run(copy.stats(kTaskTime + 1h))->counts, ports::TaskStats().counts);
            continue;
        }
        ASSERT_TRUE(succeeds(found));
        const auto at = static_cast<std::size_t>(std::ranges::find(steps, *found) - steps.begin());
        EXPECT_GE(at + 1, acknowledged);
        EXPECT_LE(at, acknowledged);
        EXPECT_EQ(run(copy.stats(kTaskTime + 1h))->count(found->status), 1U);
    }
    EXPECT_GE(calls, 4U) << "each step writes at least once";
}

TEST_F(TaskDurability, APartAndAHeartbeatShareASync) {
    CommitGate gate;
    Calls calls;
    EmbeddedDatabaseOptions options;
    options.writer.on_commit = [&gate](std::size_t requests, double) { gate.pass(requests); };
    const auto database = open_database(path(), std::move(options));
    RocksDbCatalog catalog(database);
    RocksDbTaskQueue queue(database);
    ASSERT_TRUE(succeeds(run(catalog.create_upload(contract::upload_of(1)))));
    ASSERT_TRUE(succeeds(run(queue.enqueue(new_task_of(1)))));
    const auto task = **run(queue.claim(claim_by("w", kTaskTime + 1s)));
    gate.shut();
    const auto holding = calls.begin(catalog.create_upload(contract::upload_of(2)));
    gate.wait_for_writer();
    const auto part = calls.begin(catalog.put_part(contract::id_of(1), 1, contract::part_of(1)));
    const auto beat =
        calls.begin(queue.heartbeat(core::lease_of(task), kTaskTime + 2s, kTaskLease));
    gate.open();
    calls.finish();
    EXPECT_TRUE(succeeds(**part));
    EXPECT_TRUE(succeeds(**beat));
    EXPECT_EQ(gate.groups().back(), 2U);
}

// Claims that are collected into one group see each other, and what was enqueued before them.
TEST_F(TaskDurability, OneGroupHandsOutEachTaskOnce) {
    CommitGate gate;
    Calls calls;
    EmbeddedDatabaseOptions options;
    options.writer.on_commit = [&gate](std::size_t requests, double) { gate.pass(requests); };
    RocksDbTaskQueue queue(open_database(path(), std::move(options)));
    ASSERT_TRUE(succeeds(run(queue.enqueue(new_task_of(2)))));
    ASSERT_TRUE(succeeds(run(queue.enqueue(new_task_of(4)))));
    gate.shut();
    const auto holding = calls.begin(queue.enqueue(new_task_of(9)));
    gate.wait_for_writer();
    const auto first = calls.begin(queue.claim(claim_by("w", kTaskTime + 1s)));
    const auto before_all = calls.begin(queue.enqueue(new_task_of(1)));
    const auto between = calls.begin(queue.enqueue(new_task_of(3)));
    std::vector<Calls::Answer<Result<std::optional<QueuedTask>>>> claims;
    for (int i = 0; i < 5; ++i) {
        claims.push_back(calls.begin(queue.claim(claim_by("w", kTaskTime + 1s))));
    }
    gate.open();
    calls.finish();
    EXPECT_EQ((***first)->id, task_id_of(2));
    const std::array<std::uint64_t, 4> order = {1, 3, 4, 9};
    for (std::size_t i = 0; i < order.size(); ++i) {
        EXPECT_EQ((***claims[i])->id, task_id_of(order[i]));
    }
    EXPECT_FALSE(***claims[4]);
    EXPECT_EQ(gate.groups().back(), 8U);
}

TEST_F(TaskDurability, ADamagedRecordDoesNotStopTheOthers) {
    {
        auto queue = open_queue();
        for (const std::uint64_t number : {1U, 2U, 3U, 4U}) {
            ASSERT_TRUE(succeeds(run(queue.enqueue(new_task_of(number)))));
        }
        for (const std::uint64_t number : {1U, 2U}) {
            const auto task = **run(queue.claim(claim_by("dead", kTaskTime + 1s)));
            ASSERT_EQ(task.id, task_id_of(number));
            if (number == 1) {
                ASSERT_TRUE(succeeds(run(queue.finish(core::lease_of(task), "", kTaskTime))));
            }
        }
    }
    {
        RawDatabase raw(path());
        for (const std::uint64_t number : {1U, 2U, 3U}) {
            raw.flip_bit("tasks", task_key(task_id_of(number)));
        }
    }
    auto queue = open_queue();
    EXPECT_TRUE(fails_with(run(queue.find(task_id_of(3))), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(queue.find_by_key("key 3")), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(queue.enqueue(new_task_of(3))), Errc::corrupted));
    EXPECT_TRUE(fails_with(run(queue.list(TaskStatus::pending, {})), Errc::corrupted));
    EXPECT_EQ(run(queue.release_dead("new", kTaskTime + 1s)), 0U);
    const auto late = kTaskTime + 1h;
    EXPECT_EQ((*run(queue.claim(claim_by("new", late))))->id, task_id_of(4));
    EXPECT_EQ(*run(queue.claim(claim_by("new", late))), std::nullopt);
    EXPECT_EQ(run(queue.stats(late))->count(TaskStatus::pending), 1U) << "it is still counted";
    EXPECT_EQ(run(queue.forget_finished({.finished_before = late})), 1U);
    EXPECT_EQ(run(queue.stats(late))->count(TaskStatus::done), 0U);
}

TEST_F(TaskDurability, AStoppedQueueSaysSo) {
    const auto database = open_database(path());
    RocksDbTaskQueue queue(database);
    database->stop();
    EXPECT_TRUE(fails_with(run(queue.enqueue(new_task_of(1))), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(queue.claim(claim_by("w"))), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(queue.find(task_id_of(1))), Errc::unavailable));
    EXPECT_TRUE(fails_with(run(queue.list(TaskStatus::done, {})), Errc::unavailable));
}

}  // namespace
}  // namespace slipway::adapters::rocksdb
