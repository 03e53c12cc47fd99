#include "core/task_lifecycle.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace slipway::core {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = from_unix_millis(10'000);
constexpr auto kLength = 1000ms;

QueuedTask waiting() {
    NewTask wanted;
    wanted.subject = "upload";
    wanted.created_at = kNow;
    wanted.max_attempts = 3;
    return new_task(wanted);
}

QueuedTask claimed_by(QueuedTask task, const std::string& owner, WallTime now = kNow) {
    return claim(std::move(task), {.owner = owner, .now = now, .length = kLength});
}

QueuedTask running() {
    return claimed_by(waiting(), "w1");
}

TaskFailure failure_at(WallTime now) {
    return {.error = "broken", .now = now, .retry_at = now + 5s};
}

TEST(TaskLifecycle, ANewTaskIsDueAtOnceOrWhenAsked) {
    const auto task = waiting();
    EXPECT_EQ(task.status, TaskStatus::pending);
    EXPECT_EQ(task.not_before, kNow);
    EXPECT_EQ(task.token, 0U);
    EXPECT_EQ(task.attempts, 0U);
    EXPECT_TRUE(is_claimable(task, kNow));
    EXPECT_FALSE(is_claimable(task, kNow - 1ms));
    NewTask later;
    later.created_at = kNow;
    later.not_before = kNow + 1h;
    EXPECT_FALSE(is_claimable(new_task(later), kNow + 1h - 1ms));
    EXPECT_TRUE(is_claimable(new_task(later), kNow + 1h));
}

TEST(TaskLifecycle, TheShardFollowsFromTheSubject) {
    // The reference values of FNV-1a, 32 bits.
    EXPECT_EQ(shard_of(""), 0x811c9dc5U);
    EXPECT_EQ(shard_of("a"), 0xe40c292cU);
    EXPECT_EQ(shard_of("foobar"), 0xbf9cf968U);
    EXPECT_EQ(waiting().shard, shard_of("upload"));
}

TEST(TaskLifecycle, AClaimBeginsALeaseUnderANewToken) {
    const auto task = running();
    EXPECT_EQ(task.status, TaskStatus::running);
    EXPECT_EQ(task.token, 1U);
    EXPECT_EQ(task.attempts, 1U);
    EXPECT_EQ(task.lease_owner, "w1");
    EXPECT_EQ(task.lease_end, kNow + kLength);
    EXPECT_FALSE(is_claimable(task, kNow + kLength - 1ms));
    EXPECT_TRUE(is_claimable(task, kNow + kLength));
    const auto again = claimed_by(task, "w1", kNow + kLength);
    EXPECT_EQ(again.token, 2U) << "the same owner as well";
    EXPECT_EQ(again.attempts, 2U);
}

TEST(TaskLifecycle, AHeartbeatMovesTheEndForwardOnly) {
    const auto lease = lease_of(running());
    EXPECT_EQ(heartbeat(running(), lease, kNow + 300ms, kLength)->lease_end, kNow + 1300ms);
    EXPECT_EQ(heartbeat(running(), lease, kNow - 1h, kLength)->lease_end, kNow + kLength);
    EXPECT_EQ(heartbeat(running(), lease, kNow + 1h, kLength)->lease_end, kNow + 1h + kLength)
        << "nobody has taken it: the holder may renew it after its end";
}

TEST(TaskLifecycle, ACheckpointIsKeptAndIsProgress) {
    auto task = claimed_by(claimed_by(waiting(), "w1"), "w2", kNow + kLength);
    ASSERT_EQ(task.attempts, 2U);
    task = *checkpoint(task, lease_of(task), "half");
    EXPECT_EQ(task.checkpoint, "half");
    EXPECT_EQ(task.attempts, 1U);
    task = claimed_by(task, "w3", kNow + 3 * kLength);
    EXPECT_EQ(task.checkpoint, "half");
    EXPECT_EQ(checkpoint(task, lease_of(task), "half")->attempts, 2U) << "no progress";
}

TEST(TaskLifecycle, AFinishedTaskHasItsResultAndNeverRunsAgain) {
    const auto lease = lease_of(running());
    const auto task = *finish(running(), lease, "42", kNow + 5ms);
    EXPECT_EQ(task.status, TaskStatus::done);
    EXPECT_EQ(task.result, "42");
    EXPECT_EQ(task.finished_at, kNow + 5ms);
    EXPECT_FALSE(is_claimable(task, kNow + 1000h));
    EXPECT_EQ(finish(task, lease, "43", kNow + 1h), task) << "repeated, it changes nothing";
    EXPECT_FALSE(heartbeat(task, lease, kNow, kLength));
    EXPECT_FALSE(checkpoint(task, lease, "late"));
    EXPECT_FALSE(fail(task, lease, failure_at(kNow)));
    EXPECT_FALSE(snooze(task, lease, kNow, kNow));
    EXPECT_EQ(wake(task, kNow), task);
}

TEST(TaskLifecycle, AFailedTaskWaitsAndIsTriedAgain) {
    const auto task = *fail(running(), lease_of(running()), failure_at(kNow));
    EXPECT_EQ(task.status, TaskStatus::failed);
    EXPECT_EQ(task.last_error, "broken");
    EXPECT_EQ(task.attempts, 1U);
    EXPECT_FALSE(is_claimable(task, kNow + 4999ms));
    EXPECT_TRUE(is_claimable(task, kNow + 5s));
    EXPECT_EQ(claimed_by(task, "w2", kNow + 5s).attempts, 2U);
}

TEST(TaskLifecycle, ItDiesOfItsLastAttempt) {
    auto task = waiting();
    for (unsigned attempt = 1; attempt <= 3; ++attempt) {
        task = claimed_by(task, "w", kNow + attempt * 10s);
        EXPECT_EQ(task.attempts, attempt);
        task = *fail(task, lease_of(task), failure_at(kNow + attempt * 10s));
    }
    EXPECT_EQ(task.status, TaskStatus::dead);
    EXPECT_EQ(task.finished_at, kNow + 30s);
    EXPECT_EQ(task.last_error, "broken");
    EXPECT_FALSE(is_claimable(task, kNow + 1000h));
}

TEST(TaskLifecycle, ItDiesAtOnceWhenItIsGivenUp) {
    auto why = failure_at(kNow);
    why.then = AfterFailure::give_up;
    const auto task = *fail(running(), lease_of(running()), why);
    EXPECT_EQ(task.status, TaskStatus::dead);
    EXPECT_EQ(task.finished_at, kNow);
}

TEST(TaskLifecycle, ATaskThatKillsItsOwnersIsGivenUpAtAClaim) {
    auto task = waiting();
    for (unsigned attempt = 1; attempt <= 3; ++attempt) {
        task = release(claimed_by(task, "w"), kNow);
        EXPECT_TRUE(is_claimable(task, kNow));
    }
    task = claimed_by(task, "w4");
    EXPECT_EQ(task.status, TaskStatus::dead);
    EXPECT_EQ(task.token, 3U);
    EXPECT_EQ(task.finished_at, kNow);
    EXPECT_FALSE(task.last_error.empty());
}

TEST(TaskLifecycle, ADeadTaskCanBeTriedAgain) {
    auto task = *checkpoint(running(), lease_of(running()), "half");
    auto why = failure_at(kNow);
    why.then = AfterFailure::give_up;
    task = *fail(task, lease_of(task), why);
    const auto holder = lease_of(running());
    task = retry_dead(task, kNow + 1h);
    EXPECT_EQ(task.status, TaskStatus::pending);
    EXPECT_EQ(task.attempts, 0U);
    EXPECT_EQ(task.checkpoint, "half");
    EXPECT_EQ(task.finished_at, WallTime());
    EXPECT_EQ(task.last_error, "broken");
    EXPECT_TRUE(is_claimable(task, kNow + 1h));
    EXPECT_FALSE(finish(task, holder, "late", kNow));
    EXPECT_EQ(claimed_by(task, "w2", kNow + 1h).token, 2U);
}

TEST(TaskLifecycle, ASnoozeCountsNoAttempt) {
    auto task = *checkpoint(running(), lease_of(running()), "half");
    task = *snooze(task, lease_of(task), kNow + 1min, kNow);
    EXPECT_EQ(task.status, TaskStatus::pending);
    EXPECT_EQ(task.attempts, 0U);
    EXPECT_EQ(task.checkpoint, "half");
    EXPECT_EQ(task.lease_owner, "");
    EXPECT_FALSE(is_claimable(task, kNow + 1min - 1ms));
    EXPECT_TRUE(is_claimable(task, kNow + 1min));
}

TEST(TaskLifecycle, WakingMakesAWaitingTaskDue) {
    NewTask wanted;
    wanted.created_at = kNow;
    wanted.not_before = kNow + 1h;
    EXPECT_EQ(wake(new_task(wanted), kNow + 5s).not_before, kNow + 5s);
    EXPECT_EQ(wake(new_task(wanted), kNow + 2h).not_before, kNow + 1h) << "it was due before";
    const auto failed = *fail(running(), lease_of(running()), failure_at(kNow));
    EXPECT_TRUE(is_claimable(wake(failed, kNow), kNow));
}

TEST(TaskLifecycle, WakingARunningTaskIsNotLost) {
    const auto woken = wake(running(), kNow + 1ms);
    EXPECT_EQ(woken.status, TaskStatus::running);
    const auto given_back = *snooze(woken, lease_of(woken), kNow + 1h, kNow + 2ms);
    EXPECT_EQ(given_back.not_before, kNow + 2ms);
    EXPECT_EQ(fail(woken, lease_of(woken), failure_at(kNow))->not_before, kNow);
    const auto next = claimed_by(given_back, "w2", kNow + 2ms);
    EXPECT_FALSE(next.woken) << "one waking is for one run";
    EXPECT_EQ(snooze(next, lease_of(next), kNow + 1h, kNow + 3ms)->not_before, kNow + 1h);
}

// Every way in which a lease may have ended, and every write under it.
TEST(TaskLifecycle, AStaleHolderCanChangeNothing) {
    const auto task = running();
    const auto lease = lease_of(task);
    auto stranger = lease;
    stranger.owner = "w2";
    auto guess = lease;
    ++guess.token;
    auto other_task = lease;
    other_task.task = TaskId(TaskId::Bytes{1});
    struct Case {
        const char* what;
        QueuedTask now;
        TaskLease by;
    };
    const auto later = kNow + kLength;
    for (const auto& [what, now, by] : std::vector<Case>{
             {"claimed by another", claimed_by(task, "w2", later), lease},
             {"claimed again by the same", claimed_by(task, "w1", later), lease},
             {"released", release(task, later), lease},
             {"snoozed", *snooze(task, lease, later, later), lease},
             {"failed", *fail(task, lease, failure_at(later)), lease},
             {"of another owner", task, stranger},
             {"of a token to come", task, guess},
             {"of another task", task, other_task},
         }) {
        const auto stale = std::unexpected(StaleLease());
        EXPECT_EQ(heartbeat(now, by, later, kLength), stale) << what;
        EXPECT_EQ(checkpoint(now, by, "x"), stale) << what;
        EXPECT_EQ(finish(now, by, "x", later), stale) << what;
        EXPECT_EQ(fail(now, by, failure_at(later)), stale) << what;
        EXPECT_EQ(snooze(now, by, later, later), stale) << what;
    }
    const auto done = *finish(claimed_by(task, "w2", later),
                              lease_of(claimed_by(task, "w2", later)), "theirs", later);
    EXPECT_FALSE(finish(done, lease, "mine", later));
}

QueuedTask waiting_with_last_word() {
    auto task = waiting();
    task.kind = TaskKind::complete;
    return task;
}

TEST(TaskLifecycle, ALastWordIsHandedOutUntilItIsGivenUp) {
    auto task = waiting_with_last_word();
    WallTime now = kNow;
    const auto again = [&task, &now] {
        now += 1h;
        return task = claimed_by(task, "w", now);
    };
    for (unsigned attempt = 1; attempt <= 3; ++attempt) {
        EXPECT_FALSE(is_last_word(again()));
        EXPECT_EQ(task.attempts, attempt);
    }
    // However often its owner dies, fails or waits with it.
    EXPECT_TRUE(is_last_word(again()));
    EXPECT_TRUE(is_last_word(again()));
    task = release(task, now);
    EXPECT_TRUE(is_last_word(again()));
    task = *fail(task, lease_of(task), failure_at(now));
    EXPECT_EQ(task.status, TaskStatus::failed);
    EXPECT_TRUE(is_last_word(again()));
    task = *snooze(task, lease_of(task), now, now);
    EXPECT_TRUE(is_last_word(again()));
    EXPECT_EQ(task.attempts, 4U);
    auto end = failure_at(now);
    end.then = AfterFailure::give_up;
    task = *fail(task, lease_of(task), end);
    EXPECT_EQ(task.status, TaskStatus::dead);
    EXPECT_EQ(task.attempts, 3U);
    task = retry_dead(task, now);
    EXPECT_FALSE(is_last_word(again()));
}

TEST(TaskLifecycle, TheLastAttemptOfOneWithALastWordMayFail) {
    auto task = waiting_with_last_word();
    for (unsigned attempt = 1; attempt <= 3; ++attempt) {
        task = claimed_by(task, "w", kNow + attempt * 10s);
        task = *fail(task, lease_of(task), failure_at(kNow + attempt * 10s));
        EXPECT_EQ(task.status, TaskStatus::failed);
    }
    EXPECT_TRUE(is_last_word(claimed_by(task, "w", kNow + 1h)));
}

// A random walk: whatever comes, tokens rise with claims only, a final task stays, and only the
// holder of the newest token writes.
TEST(TaskLifecycle, HoldsItsLawsOnRandomWalks) {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        std::mt19937 random(seed);
        auto task = waiting();
        task.max_attempts = 1 + random() % 5;
        task.kind = random() % 2 == 0 ? TaskKind::complete : TaskKind::digest;
        std::vector<TaskLease> leases;
        WallTime now = kNow;
        for (int step = 0; step < 60; ++step) {
            now += std::chrono::milliseconds(random() % 700);
            const auto before = task;
            if (is_claimable(task, now) && random() % 2 == 0) {
                task = claimed_by(task, "w" + std::to_string(random() % 3), now);
                ASSERT_LE(task.attempts, task.max_attempts + (has_last_word(task.kind) ? 1 : 0));
                if (task.status == TaskStatus::running) {
                    ASSERT_EQ(task.token, before.token + 1);
                    leases.push_back(lease_of(task));
                }
                continue;
            }
            if (leases.empty()) {
                continue;
            }
            const auto lease = leases[random() % leases.size()];
            const auto written = [&]() -> HeldStep {
                switch (random() % 5) {
                    case 0:
                        return heartbeat(task, lease, now, kLength);
                    case 1:
                        return checkpoint(task, lease, std::to_string(step));
                    case 2:
                        return fail(task, lease, failure_at(now));
                    case 3:
                        return snooze(task, lease, now, now);
                    default:
                        return random() % 8 == 0 ? finish(task, lease, "done", now)
                                                 : HeldStep(std::unexpected(StaleLease()));
                }
            }();
            if (written) {
                ASSERT_EQ(lease.token, task.token) << "seed " << seed;
                ASSERT_EQ(written->token, task.token);
                ASSERT_TRUE(before.status == TaskStatus::running ||
                            (before.status == TaskStatus::done && *written == before));
                task = *written;
            }
            ASSERT_EQ(is_unfinished(task.status), task.finished_at == WallTime());
        }
    }
}

TEST(QueuedTask, NamesOfKindsAndStatusesAreDistinct) {
    std::set<std::string_view> names;
    for (std::uint8_t i = 1; i <= kTaskKinds; ++i) {
        names.insert(to_string(static_cast<TaskKind>(i)));
    }
    EXPECT_EQ(names.size(), kTaskKinds);
    names.clear();
    for (std::uint8_t i = 1; i <= kTaskStatuses; ++i) {
        names.insert(to_string(static_cast<TaskStatus>(i)));
    }
    EXPECT_EQ(names.size(), kTaskStatuses);
    EXPECT_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace slipway::core
