// The part of the queue's contract that is about leases: fencing, renewal, dead owners, and calls
// that overlap.
#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

#include "contract/task_queue_contract.hpp"

namespace slipway::contract {
namespace {

using namespace std::chrono_literals;
using core::TaskStatus;

constexpr unsigned kThreads = 8;

}  // namespace

TEST_P(TaskQueueContract, AClaimedTaskIsNotClaimedUntilItsLeaseEnds) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    EXPECT_EQ(task.status, TaskStatus::running);
    EXPECT_EQ(found(task.id), task);
    EXPECT_EQ(listed(TaskStatus::running), std::vector{task.id});
    EXPECT_FALSE(claim("w2", task.lease_end - 1ms));
    const auto again = claim("w2", task.lease_end);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->token, task.token + 1);
    EXPECT_EQ(again->lease_owner, "w2");
}

TEST_P(TaskQueueContract, AHeartbeatKeepsTheLease) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    const auto renewed =
        run(queue().heartbeat(core::lease_of(task), task.lease_end - 1s, kTaskLease));
    ASSERT_TRUE(succeeds(renewed));
    EXPECT_EQ(renewed->lease_end, task.lease_end - 1s + kTaskLease);
    EXPECT_FALSE(claim("w2", task.lease_end));
    // It has overslept its end, but nobody has come: it goes on.
    const auto late = renewed->lease_end + 1h;
    EXPECT_TRUE(succeeds(run(queue().heartbeat(core::lease_of(task), late, kTaskLease))));
    EXPECT_FALSE(claim("w2", late));
}

TEST_P(TaskQueueContract, ACheckpointIsWhereTheNextOwnerGoesOn) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    const std::string half("half\0\xFF way", 10);
    EXPECT_EQ(run(queue().checkpoint(core::lease_of(task), half))->checkpoint, half);
    const auto next = claim("w2", task.lease_end);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->checkpoint, half);
    EXPECT_EQ(next->payload, task.payload);
}

TEST_P(TaskQueueContract, AFinishedTaskKeepsItsResult) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    const auto done = run(queue().finish(core::lease_of(task), "result", kTaskTime + 7s));
    ASSERT_TRUE(succeeds(done));
    EXPECT_EQ(done->result, "result");
    EXPECT_EQ(found(task.id), *done);
    EXPECT_EQ(listed(TaskStatus::done), std::vector{task.id});
    EXPECT_FALSE(claim("w2", kTaskTime + 1000h));
    EXPECT_EQ(run(queue().finish(core::lease_of(task), "other", kTaskTime + 1h)), *done)
        << "repeated after an answer that was lost, it changes nothing";
    EXPECT_EQ(found(task.id), *done);
}

TEST_P(TaskQueueContract, AStaleWorkerCanChangeNothing) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    const auto lease = core::lease_of(task);
    const auto expect_refused = [&](const char* when) {
        const auto before = found(task.id);
        const auto now = kTaskTime + 1h;
        EXPECT_TRUE(fails_with(run(queue().heartbeat(lease, now, kTaskLease)), Errc::conflict));
        EXPECT_TRUE(fails_with(run(queue().checkpoint(lease, "stale")), Errc::conflict));
        EXPECT_TRUE(fails_with(run(queue().finish(lease, "stale", now)), Errc::conflict));
        EXPECT_TRUE(fails_with(run(queue().fail(lease, failure_at(now))), Errc::conflict));
        EXPECT_TRUE(fails_with(run(queue().snooze(lease, now, now)), Errc::conflict));
        EXPECT_EQ(found(task.id), before) << when;
    };
    const auto second = claim("w1", task.lease_end);
    ASSERT_TRUE(second);
    expect_refused("claimed again by the same owner");
    ASSERT_TRUE(succeeds(run(queue().checkpoint(core::lease_of(*second), "second"))));
    expect_refused("after another's checkpoint");
    ASSERT_TRUE(succeeds(run(queue().fail(core::lease_of(*second), failure_at(kTaskTime)))));
    expect_refused("failed");
    const auto third = claim("w3", kTaskTime + 1h);
    ASSERT_TRUE(third);
    EXPECT_EQ(run(queue().release_dead("w4", kTaskTime + 1h)), 1U);
    expect_refused("released");
    const auto fourth = claim("w4", kTaskTime + 1h);
    ASSERT_TRUE(fourth);
    ASSERT_TRUE(
        succeeds(run(queue().snooze(core::lease_of(*fourth), kTaskTime + 1h, kTaskTime + 1h))));
    expect_refused("snoozed");
    const auto fifth = claim("w5", kTaskTime + 1h);
    ASSERT_TRUE(fifth);
    ASSERT_TRUE(succeeds(run(queue().finish(core::lease_of(*fifth), "right", kTaskTime + 1h))));
    expect_refused("finished by another");
    EXPECT_EQ(run(queue().forget_finished({.finished_before = kTaskTime + 2h})), 1U);
    EXPECT_TRUE(fails_with(run(queue().finish(lease, "stale", kTaskTime)), Errc::conflict));
}

TEST_P(TaskQueueContract, OnlyTheOwnerOfTheLeaseMayWrite) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    auto lease = core::lease_of(task);
    lease.owner = "w2";
    EXPECT_TRUE(fails_with(run(queue().finish(lease, "", kTaskTime)), Errc::conflict));
    lease = core::lease_of(task);
    ++lease.token;
    EXPECT_TRUE(fails_with(run(queue().finish(lease, "", kTaskTime)), Errc::conflict));
    EXPECT_EQ(found(task.id), task);
}

TEST_P(TaskQueueContract, ATaskThatIsGivenBackGoesOnLater) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    ASSERT_TRUE(succeeds(run(queue().checkpoint(core::lease_of(task), "half"))));
    const auto back = run(queue().snooze(core::lease_of(task), kTaskTime + 1min, kTaskTime));
    ASSERT_TRUE(succeeds(back));
    EXPECT_EQ(back->status, TaskStatus::pending);
    EXPECT_EQ(back->attempts, 0U);
    EXPECT_EQ(found(task.id), *back);
    EXPECT_FALSE(claim("w2", kTaskTime + 1min - 1ms));
    EXPECT_EQ(claim("w2", kTaskTime + 1min)->checkpoint, "half");
}

TEST_P(TaskQueueContract, TasksOfDeadOwnersAreGivenBackAtOnce) {
    for (const std::uint64_t number : {1U, 2U, 3U}) {
        add_and_claim(new_task_of(number), number == 2 ? "living" : "dead");
    }
    add(new_task_of(4));
    EXPECT_EQ(run(queue().release_dead("living", kTaskTime + 1s)), 2U);
    EXPECT_EQ(listed(TaskStatus::running), std::vector{task_id_of(2)});
    EXPECT_EQ(run(queue().release_dead("living", kTaskTime + 1s)), 0U);
    std::vector<TaskId> order;
    while (const auto task = claim("living", kTaskTime + 1s)) {
        order.push_back(task->id);
    }
    EXPECT_EQ(order, (std::vector{task_id_of(4), task_id_of(1), task_id_of(3)}));
}

TEST_P(TaskQueueContract, OneOfManyClaimsATask) {
    constexpr std::uint64_t kTasks = 200;
    for (std::uint64_t i = 0; i < kTasks; ++i) {
        add(new_task_of(i));
    }
    std::mutex mutex;
    std::multiset<TaskId> claimed;
    race(kThreads, [&](unsigned i) {
        for (;;) {
            const auto task = runtime::run_blocking(
                queue().claim(claim_by("w" + std::to_string(i), kTaskTime + 1s)));
            ASSERT_TRUE(succeeds(task));
            if (!*task) {
                return;
            }
            EXPECT_EQ((*task)->token, 1U);
            const std::scoped_lock lock(mutex);
            claimed.insert((*task)->id);
        }
    });
    EXPECT_EQ(claimed.size(), kTasks);
    EXPECT_EQ(std::set(claimed.begin(), claimed.end()).size(), kTasks);
}

TEST_P(TaskQueueContract, OneOfManyEnqueuesForAKey) {
    for (std::uint64_t round = 0; round < 25; ++round) {
        std::atomic<unsigned> created = 0;
        std::vector<TaskId> ids(kThreads);
        race(kThreads, [&](unsigned i) {
            auto wanted = new_task_of(round * kThreads + i);
            wanted.dedupe_key = "round " + std::to_string(round);
            const auto answer = runtime::run_blocking(queue().enqueue(wanted));
            ASSERT_TRUE(succeeds(answer));
            created += answer->existed ? 0 : 1;
            ids[i] = answer->id;
        });
        EXPECT_EQ(created, 1U);
        EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 1U);
    }
}

// The holder finishes while another claims the task whose lease has ended: one of them comes first,
// and never both.
TEST_P(TaskQueueContract, AFinishRacesAClaim) {
    for (std::uint64_t round = 0; round < 50; ++round) {
        const auto task = add_and_claim(new_task_of(round), "w1");
        Result<core::QueuedTask> finished;
        std::optional<core::QueuedTask> taken;
        race(2, [&](unsigned i) {
            if (i == 0) {
                finished = runtime::run_blocking(
                    queue().finish(core::lease_of(task), "w1", task.lease_end));
            } else {
                taken = *runtime::run_blocking(queue().claim(claim_by("w2", task.lease_end)));
            }
        });
        ASSERT_NE(finished.has_value(), taken.has_value());
        if (taken) {
            EXPECT_TRUE(fails_with(finished, Errc::conflict));
            ASSERT_TRUE(
                succeeds(run(queue().finish(core::lease_of(*taken), "w2", task.lease_end))));
        }
        EXPECT_EQ(found(task.id).result, taken ? "w2" : "w1");
    }
}

}  // namespace slipway::contract
