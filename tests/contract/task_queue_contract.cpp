// Enqueueing, claiming in order, dedupe keys, dead letters, lists and figures.
#include "contract/task_queue_contract.hpp"

#include <algorithm>

namespace slipway::contract {
namespace {

using namespace std::chrono_literals;
using core::AfterFailure;
using core::TaskKind;
using core::TaskPriority;
using core::TaskStatus;

constexpr auto kMuchLater = kTaskTime + 1h;

}  // namespace

core::QueuedTask TaskQueueContract::add(const core::NewTask& wanted) {
    const auto added = run(queue().enqueue(wanted));
    EXPECT_TRUE(succeeds(added));
    EXPECT_FALSE(added->existed);
    EXPECT_EQ(added->id, wanted.id);
    return core::new_task(wanted);
}

std::optional<core::QueuedTask> TaskQueueContract::claim(const std::string& owner, WallTime now) {
    auto claimed = run(queue().claim(claim_by(owner, now)));
    EXPECT_TRUE(succeeds(claimed));
    return claimed.value_or(std::nullopt);
}

core::QueuedTask TaskQueueContract::add_and_claim(const core::NewTask& wanted,
                                                  const std::string& owner) {
    add(wanted);
    auto claimed = claim(owner, wanted.created_at);
    EXPECT_TRUE(claimed && claimed->id == wanted.id);
    return *claimed;
}

core::QueuedTask TaskQueueContract::found(TaskId id) {
    const auto task = run(queue().find(id));
    EXPECT_TRUE(succeeds(task));
    return *task;
}

std::vector<TaskId> TaskQueueContract::listed(TaskStatus status) {
    const auto page = run(queue().list(status, {}));
    EXPECT_TRUE(succeeds(page));
    return ids_of_tasks(page->items);
}

TEST_P(TaskQueueContract, FindsWhatWasEnqueued) {
    const auto task = add(new_task_of(1));
    EXPECT_EQ(run(queue().find(task.id)), task);
    EXPECT_EQ(run(queue().find_by_key("key 1")), task);
    EXPECT_TRUE(fails_with(run(queue().find(task_id_of(2))), Errc::not_found));
    EXPECT_TRUE(fails_with(run(queue().find_by_key("key 2")), Errc::not_found));
    EXPECT_TRUE(fails_with(run(queue().find_by_key("")), Errc::not_found));
}

TEST_P(TaskQueueContract, KeepsATaskWithNothingOptional) {
    core::NewTask bare;
    bare.id = task_id_of(1);
    add(bare);
    EXPECT_EQ(run(queue().find(bare.id)), core::new_task(bare));
}

TEST_P(TaskQueueContract, AnEmptyQueueHasNothing) {
    EXPECT_FALSE(claim("w1"));
    for (std::uint8_t status = 1; status <= core::kTaskStatuses; ++status) {
        EXPECT_TRUE(listed(static_cast<TaskStatus>(status)).empty());
    }
    const auto stats = run(queue().stats(kMuchLater));
    ASSERT_TRUE(succeeds(stats));
    EXPECT_EQ(stats->count(TaskStatus::pending), 0U);
    EXPECT_FALSE(stats->oldest_due);
    EXPECT_EQ(run(queue().release_dead("w1", kTaskTime)), 0U);
}

TEST_P(TaskQueueContract, AnIdIsTakenOnce) {
    const auto task = add(new_task_of(1));
    auto other = new_task_of(2);
    other.id = task.id;
    EXPECT_TRUE(fails_with(run(queue().enqueue(other)), Errc::conflict));
    EXPECT_EQ(run(queue().find(task.id)), task);
    EXPECT_TRUE(fails_with(run(queue().find_by_key("key 2")), Errc::not_found));
}

TEST_P(TaskQueueContract, BytesAndTextAreBounded) {
    auto largest = new_task_of(1);
    largest.payload.assign(core::kMaxTaskBytes, 'x');
    largest.subject.assign(core::kMaxTaskText, 's');
    largest.dedupe_key.assign(core::kMaxTaskText, 'k');
    const auto task = add_and_claim(largest, "w1");
    const auto lease = core::lease_of(task);
    ASSERT_TRUE(succeeds(run(queue().checkpoint(lease, std::string(core::kMaxTaskBytes, 'c')))));
    const std::string too_much(core::kMaxTaskBytes + 1, 'x');
    EXPECT_TRUE(fails_with(run(queue().checkpoint(lease, too_much)), Errc::too_large));
    EXPECT_TRUE(fails_with(run(queue().finish(lease, too_much, kTaskTime)), Errc::too_large));
    auto failure = failure_at(kTaskTime);
    failure.error = too_much;
    EXPECT_EQ(run(queue().fail(lease, failure))->last_error.size(), core::kMaxTaskText);
    for (auto* const member : {&largest.payload, &largest.subject, &largest.dedupe_key}) {
        auto kept = *member;
        *member += 'x';
        EXPECT_TRUE(fails_with(run(queue().enqueue(largest)), Errc::too_large));
        *member = kept;
    }
    auto request = claim_by(std::string(core::kMaxTaskText + 1, 'o'));
    EXPECT_TRUE(fails_with(run(queue().claim(request)), Errc::too_large));
}

TEST_P(TaskQueueContract, UnfinishedTasksWithOneKeyAreOne) {
    auto first = new_task_of(1);
    auto again = new_task_of(2);
    again.dedupe_key = first.dedupe_key;
    const auto same_as_first = [&] {
        const auto answer = run(queue().enqueue(again));
        ASSERT_TRUE(succeeds(answer));
        EXPECT_TRUE(answer->existed);
        EXPECT_EQ(answer->id, first.id);
        EXPECT_TRUE(fails_with(run(queue().find(again.id)), Errc::not_found));
    };
    add(first);
    same_as_first();
    auto task = claim("w1", first.created_at);
    same_as_first();
    ASSERT_TRUE(succeeds(run(queue().fail(core::lease_of(*task), failure_at(kTaskTime)))));
    same_as_first();
    task = claim("w1", kMuchLater);
    ASSERT_TRUE(succeeds(run(queue().finish(core::lease_of(*task), "result", kMuchLater))));
    EXPECT_EQ(run(queue().find_by_key(first.dedupe_key))->id, first.id) << "finished ones as well";
    add(again);
    EXPECT_EQ(run(queue().find_by_key(first.dedupe_key))->id, again.id) << "the newest";
}

TEST_P(TaskQueueContract, AnEmptyKeyIsNoKey) {
    for (const std::uint64_t number : {1U, 2U, 3U}) {
        auto wanted = new_task_of(number);
        wanted.dedupe_key.clear();
        add(wanted);
    }
    EXPECT_EQ(listed(TaskStatus::pending).size(), 3U);
    EXPECT_TRUE(fails_with(run(queue().wake("", kTaskTime)), Errc::not_found));
}

TEST_P(TaskQueueContract, OneKeyIsNotTheBeginningOfAnother) {
    auto wanted = new_task_of(1);
    wanted.dedupe_key = "sweep";
    add(wanted);
    wanted = new_task_of(2);
    wanted.dedupe_key = "sweep 2";
    add(wanted);
    EXPECT_EQ(run(queue().find_by_key("sweep"))->id, task_id_of(1));
    EXPECT_EQ(run(queue().find_by_key("sweep 2"))->id, task_id_of(2));
    EXPECT_TRUE(fails_with(run(queue().find_by_key("swee")), Errc::not_found));
}

TEST_P(TaskQueueContract, ClaimsComeByPriorityThenByDueTime) {
    struct Row {
        TaskPriority priority;
        std::chrono::milliseconds due;
    };
    // By position: the order in which they are claimed is 5, 1, 3, 2, 0, 4.
    const std::vector<Row> rows = {{TaskPriority::background, 1ms}, {TaskPriority::normal, 5ms},
                                   {TaskPriority::normal, 9ms},     {TaskPriority::normal, 7ms},
                                   {TaskPriority::background, 2ms}, {TaskPriority::urgent, 20ms}};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto wanted = new_task_of(i);
        wanted.kind = static_cast<TaskKind>(1 + (i * 5) % core::kTaskKinds);
        wanted.priority = rows[i].priority;
        wanted.not_before = kTaskTime + rows[i].due;
        add(wanted);
    }
    std::vector<TaskId> order;
    while (const auto task = claim("w1", kMuchLater)) {
        order.push_back(task->id);
    }
    std::vector<TaskId> expected;
    for (const std::uint64_t number : {5U, 1U, 3U, 2U, 0U, 4U}) {
        expected.push_back(task_id_of(number));
    }
    EXPECT_EQ(order, expected);
}

TEST_P(TaskQueueContract, WhatIsNotDueIsNotClaimed) {
    auto urgent = new_task_of(1);
    urgent.priority = TaskPriority::urgent;
    urgent.not_before = kTaskTime + 10s;
    add(urgent);
    add(new_task_of(2));
    EXPECT_EQ(claim("w1", kTaskTime + 2ms)->id, task_id_of(2));
    EXPECT_FALSE(claim("w1", kTaskTime + 10s - 1ms));
    EXPECT_EQ(claim("w1", kTaskTime + 10s)->id, urgent.id);
}

TEST_P(TaskQueueContract, OnlyTheWantedKindsAreClaimed) {
    auto wanted = new_task_of(1);
    wanted.kind = TaskKind::scrub;
    wanted.priority = TaskPriority::urgent;
    add(wanted);
    wanted = new_task_of(2);
    wanted.kind = TaskKind::sweep;
    add(wanted);
    auto request = claim_by("w1", kMuchLater);
    request.kinds = {TaskKind::digest, TaskKind::sweep};
    EXPECT_EQ((*run(queue().claim(request)))->id, task_id_of(2));
    EXPECT_EQ(*run(queue().claim(request)), std::nullopt);
    request.kinds = {};
    EXPECT_EQ(*run(queue().claim(request)), std::nullopt);
    request.kinds = {TaskKind::scrub};
    EXPECT_EQ((*run(queue().claim(request)))->id, task_id_of(1));
}

TEST_P(TaskQueueContract, AFailedTaskIsClaimedAgainAtItsTime) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    const auto failed = run(queue().fail(core::lease_of(task), failure_at(kTaskTime)));
    ASSERT_TRUE(succeeds(failed));
    EXPECT_EQ(failed->status, TaskStatus::failed);
    EXPECT_EQ(found(task.id), *failed);
    EXPECT_FALSE(claim("w2", kTaskTime + 1min - 1ms));
    const auto again = claim("w2", kTaskTime + 1min);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->attempts, 2U);
    EXPECT_EQ(again->last_error, "broken");
}

TEST_P(TaskQueueContract, ADeadTaskWaitsForSomebodyToLookAtIt) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    const auto dead =
        run(queue().fail(core::lease_of(task), failure_at(kTaskTime, AfterFailure::give_up)));
    EXPECT_EQ(dead->status, TaskStatus::dead);
    EXPECT_EQ(listed(TaskStatus::dead), std::vector{task.id});
    EXPECT_FALSE(claim("w2", kMuchLater));
    EXPECT_TRUE(fails_with(run(queue().wake("key 1", kMuchLater)), Errc::not_found));
    ASSERT_TRUE(succeeds(run(queue().retry_dead(task.id, kMuchLater))));
    EXPECT_TRUE(listed(TaskStatus::dead).empty());
    EXPECT_TRUE(fails_with(run(queue().retry_dead(task.id, kMuchLater)), Errc::conflict));
    EXPECT_TRUE(fails_with(run(queue().retry_dead(task_id_of(9), kMuchLater)), Errc::not_found));
    EXPECT_FALSE(claim("w2", kMuchLater - 1ms));
    EXPECT_EQ(claim("w2", kMuchLater)->id, task.id);
}

TEST_P(TaskQueueContract, ADeadTaskDoesNotStandInTheWayOfItsSuccessor) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    ASSERT_TRUE(succeeds(
        run(queue().fail(core::lease_of(task), failure_at(kTaskTime, AfterFailure::give_up)))));
    auto successor = new_task_of(2);
    successor.dedupe_key = task.dedupe_key;
    add(successor);
    EXPECT_TRUE(fails_with(run(queue().retry_dead(task.id, kMuchLater)), Errc::conflict));
    const auto claimed = claim("w1", kMuchLater);
    EXPECT_EQ(claimed->id, successor.id);
    ASSERT_TRUE(succeeds(run(queue().finish(core::lease_of(*claimed), "", kMuchLater))));
    ASSERT_TRUE(succeeds(run(queue().retry_dead(task.id, kMuchLater))));
    EXPECT_EQ(run(queue().find_by_key(task.dedupe_key))->id, task.id);
}

TEST_P(TaskQueueContract, ATaskThatKillsItsOwnersDiesAndTheNextIsClaimed) {
    auto killer = new_task_of(1);
    killer.max_attempts = 2;
    killer.priority = TaskPriority::urgent;
    add(killer);
    for (const auto* owner : {"w1", "w2"}) {
        EXPECT_EQ(claim(owner, kMuchLater)->id, killer.id);
        EXPECT_EQ(run(queue().release_dead("new", kMuchLater)), 1U);
    }
    add(new_task_of(2));
    EXPECT_EQ(claim("w3", kMuchLater)->id, task_id_of(2));
    EXPECT_EQ(listed(TaskStatus::dead), std::vector{killer.id});
}

TEST_P(TaskQueueContract, OneWithALastWordIsHandedOutToBeGivenUp) {
    auto killer = new_task_of(1);
    killer.max_attempts = 2;
    killer.kind = core::TaskKind::complete;
    add(killer);
    const auto claim_again = [this] {
        const auto task = claim("w", kMuchLater);
        EXPECT_EQ(run(queue().release_dead("new", kMuchLater)), 1U);
        return task;
    };
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(core::is_last_word(*claim_again()));
    }
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(core::is_last_word(*claim_again()));
    }
    const auto last = claim("w", kMuchLater);
    ASSERT_TRUE(succeeds(
        run(queue().fail(core::lease_of(*last), failure_at(kMuchLater, AfterFailure::give_up)))));
    EXPECT_EQ(listed(TaskStatus::dead), std::vector{killer.id});
    ASSERT_TRUE(succeeds(run(queue().retry_dead(killer.id, kMuchLater))));
    EXPECT_EQ(claim("w", kMuchLater)->attempts, 1U);
}

TEST_P(TaskQueueContract, WakingMakesAWaitingTaskDue) {
    auto wanted = new_task_of(1);
    wanted.not_before = kMuchLater;
    add(wanted);
    EXPECT_FALSE(claim("w1", kTaskTime + 1s));
    ASSERT_TRUE(succeeds(run(queue().wake("key 1", kTaskTime + 1s))));
    const auto task = claim("w1", kTaskTime + 1s);
    ASSERT_TRUE(task);
    // While it runs as well: it is not lost.
    ASSERT_TRUE(succeeds(run(queue().wake("key 1", kTaskTime + 2s))));
    ASSERT_TRUE(succeeds(run(queue().snooze(core::lease_of(*task), kMuchLater, kTaskTime + 3s))));
    EXPECT_TRUE(claim("w1", kTaskTime + 3s));
    EXPECT_TRUE(fails_with(run(queue().wake("key 2", kMuchLater)), Errc::not_found));
}

TEST_P(TaskQueueContract, ListsArePagedInOrderOfAge) {
    constexpr std::uint64_t kTasks = 25;
    for (std::uint64_t i = 0; i < kTasks; ++i) {
        auto wanted = new_task_of(i);
        // Younger ones have lower ids; every five are of one time.
        wanted.created_at = kTaskTime + std::chrono::seconds((kTasks - 1 - i) / 5);
        add(wanted);
    }
    std::vector<TaskId> expected;
    for (std::uint64_t five = kTasks; five > 0; five -= 5) {
        for (std::uint64_t i = five - 5; i < five; ++i) {
            expected.push_back(task_id_of(i));
        }
    }
    for (const std::size_t limit : {1U, 4U, 5U, 24U, 25U, 100U}) {
        std::vector<TaskId> seen;
        ports::TaskPageRequest request{.after = std::nullopt, .limit = limit};
        do {
            const auto page = run(queue().list(TaskStatus::pending, request));
            ASSERT_TRUE(succeeds(page));
            ASSERT_LE(page->items.size(), limit);
            std::ranges::copy(ids_of_tasks(page->items), std::back_inserter(seen));
            request.after = page->next;
        } while (request.after);
        EXPECT_EQ(seen, expected) << "limit " << limit;
    }
    const auto nothing = run(queue().list(TaskStatus::pending, {.after = {}, .limit = 0}));
    EXPECT_TRUE(nothing->items.empty());
    EXPECT_FALSE(nothing->next);
}

TEST_P(TaskQueueContract, FinishedTasksAreForgottenTheOldestFirst) {
    for (std::uint64_t i = 0; i < 6; ++i) {
        const auto task = add_and_claim(new_task_of(i), "w1");
        const auto end = kTaskTime + std::chrono::seconds(i);
        const auto ended =
            i < 4 ? run(queue().finish(core::lease_of(task), "", end))
                  : run(queue().fail(core::lease_of(task), failure_at(end, AfterFailure::give_up)));
        ASSERT_TRUE(succeeds(ended));
    }
    add(new_task_of(6));
    ports::ForgetRequest request{.status = TaskStatus::done, .finished_before = kTaskTime + 3s};
    request.limit = 2;
    EXPECT_EQ(run(queue().forget_finished(request)), 2U);
    EXPECT_TRUE(fails_with(run(queue().find(task_id_of(1))), Errc::not_found));
    EXPECT_TRUE(fails_with(run(queue().find_by_key("key 1")), Errc::not_found));
    EXPECT_EQ(run(queue().forget_finished(request)), 1U) << "those of that moment stay";
    EXPECT_EQ(run(queue().forget_finished(request)), 0U);
    EXPECT_EQ(listed(TaskStatus::done), std::vector{task_id_of(3)});
    EXPECT_EQ(listed(TaskStatus::dead).size(), 2U);
    request.status = TaskStatus::dead;
    request.finished_before = kMuchLater;
    EXPECT_EQ(run(queue().forget_finished(request)), 2U);
    for (const auto status : {TaskStatus::pending, TaskStatus::running, TaskStatus::failed}) {
        request.status = status;
        EXPECT_TRUE(fails_with(run(queue().forget_finished(request)), Errc::invalid));
    }
    EXPECT_EQ(listed(TaskStatus::pending), std::vector{task_id_of(6)});
}

TEST_P(TaskQueueContract, ForgettingAnOldTaskLeavesTheKeyToItsSuccessor) {
    const auto task = add_and_claim(new_task_of(1), "w1");
    ASSERT_TRUE(succeeds(run(queue().finish(core::lease_of(task), "", kTaskTime))));
    auto successor = new_task_of(2);
    successor.dedupe_key = task.dedupe_key;
    add(successor);
    EXPECT_EQ(run(queue().forget_finished({.finished_before = kMuchLater})), 1U);
    EXPECT_EQ(run(queue().find_by_key(task.dedupe_key))->id, successor.id);
}

TEST_P(TaskQueueContract, FiguresFollowEveryStep) {
    const auto count = [this](TaskStatus status) {
        return run(queue().stats(kTaskTime))->count(status);
    };
    add(new_task_of(2));
    auto later = new_task_of(3);
    later.not_before = kMuchLater;
    add(later);
    auto urgent = new_task_of(5);
    urgent.priority = TaskPriority::urgent;
    add(urgent);
    EXPECT_EQ(count(TaskStatus::pending), 3U);
    EXPECT_EQ(run(queue().stats(kTaskTime + 1ms))->oldest_due, std::nullopt);
    EXPECT_EQ(run(queue().stats(kTaskTime + 1min))->oldest_due, kTaskTime + 2ms);
    const auto first = claim("w1", kTaskTime + 1min);
    const auto second = claim("w1", kTaskTime + 1min);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(count(TaskStatus::running), 2U);
    EXPECT_EQ(run(queue().stats(kTaskTime + 1min))->oldest_due, std::nullopt);
    EXPECT_EQ(run(queue().stats(kMuchLater))->oldest_due, kTaskTime + 1min + kTaskLease)
        << "a lease that has ended counts as due";
    ASSERT_TRUE(succeeds(run(queue().finish(core::lease_of(*first), "", kTaskTime))));
    ASSERT_TRUE(succeeds(run(queue().fail(core::lease_of(*second), failure_at(kTaskTime)))));
    EXPECT_EQ(count(TaskStatus::pending), 1U);
    EXPECT_EQ(count(TaskStatus::running), 0U);
    EXPECT_EQ(count(TaskStatus::done), 1U);
    EXPECT_EQ(count(TaskStatus::failed), 1U);
    EXPECT_EQ(run(queue().forget_finished({.finished_before = kMuchLater})), 1U);
    EXPECT_EQ(count(TaskStatus::done), 0U);
}

}  // namespace slipway::contract
