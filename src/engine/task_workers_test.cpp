#include "engine/task_workers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <stdexcept>
#include <string>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_task_queue.hpp"
#include "adapters/memory/seeded_random.hpp"
#include "contract/task_samples.hpp"
#include "runtime/run_blocking.hpp"
#include "support/forwarding_task_queue.hpp"

namespace slipway::engine {
namespace {

using namespace std::chrono_literals;
using contract::claim_by;
using contract::new_task_of;
using contract::task_id_of;
using core::QueuedTask;
using core::TaskKind;
using core::TaskStatus;
using runtime::run_blocking;

class ScriptedHandler final : public TaskHandler {
 public:
    using Script = std::function<Task<TaskOutcome>(TaskContext&)>;
    explicit ScriptedHandler(Script script) : script_(std::move(script)) {}
    Task<TaskOutcome> run(TaskContext& context) override { return script_(context); }

 private:
    Script script_;
};

// Counts heartbeats, and is away for as many ends as it is told.
class ObservedQueue final : public support::ForwardingTaskQueue {
 public:
    using ForwardingTaskQueue::ForwardingTaskQueue;

    Task<Result<QueuedTask>> heartbeat(core::TaskLease lease, WallTime now,
                                       std::chrono::milliseconds lease_length) override {
        ++heartbeats;
        if (on_heartbeat) {
            on_heartbeat();
            co_return failure(Errc::unavailable, "away");
        }
        co_return co_await ForwardingTaskQueue::heartbeat(std::move(lease), now, lease_length);
    }
    Task<Result<QueuedTask>> finish(core::TaskLease lease, std::string result,
                                    WallTime now) override {
        if (away > 0) {
            --away;
            co_return failure(Errc::unavailable, "away");
        }
        co_return co_await ForwardingTaskQueue::finish(std::move(lease), std::move(result), now);
    }
    Task<Result<std::optional<QueuedTask>>> claim(ports::ClaimRequest request) override {
        ++claims;
        return ForwardingTaskQueue::claim(std::move(request));
    }

    unsigned heartbeats = 0;
    // Instead of the heartbeat, which fails then.
    std::function<void()> on_heartbeat;
    unsigned claims = 0;
    unsigned away = 0;
};

Task<TaskOutcome> answer(TaskOutcome outcome) {
    co_return outcome;
}

// A pool on a loop of this thread; timers are real and short, the queue's time stands still.
class TaskWorkersTest : public testing::Test {
 protected:
    TaskWorkers& start(ScriptedHandler::Script script) {
        handler_ = std::make_unique<ScriptedHandler>(std::move(script));
        workers_ = std::make_unique<TaskWorkers>(queue_, clock_, random_, options_);
        workers_->handle(TaskKind::digest, *handler_);
        workers_->handle(TaskKind::complete, *handler_);
        boost::asio::co_spawn(loop_, workers_->run(), [this](const std::exception_ptr& thrown) {
            EXPECT_FALSE(thrown);
            ended_ = true;
        });
        return *workers_;
    }
    TaskWorkers& start(TaskOutcome outcome) {
        return start([outcome](TaskContext&) { return answer(outcome); });
    }
    // Lets the pool work until it is so.
    testing::AssertionResult until(const std::function<bool()>& holds) {
        const auto begun = std::chrono::steady_clock::now();
        while (!holds()) {
            if (std::chrono::steady_clock::now() - begun > 30s) {
                return testing::AssertionFailure() << "not within 30 s";
            }
            loop_.restart();
            loop_.run_one_for(10ms);
        }
        return testing::AssertionSuccess();
    }
    void stop() {
        workers_->stop();
        EXPECT_TRUE(until([this] { return ended_; }));
        EXPECT_EQ(workers_->running(), 0U);
    }
    void add(std::uint64_t number, std::uint32_t max_attempts = 3,
             TaskKind kind = TaskKind::digest) {
        auto wanted = new_task_of(number);
        wanted.kind = kind;
        wanted.max_attempts = max_attempts;
        wanted.created_at = clock_.wall();
        ASSERT_TRUE(run_blocking(memory_.enqueue(wanted)));
    }
    QueuedTask found(std::uint64_t number) {
        return *run_blocking(memory_.find(task_id_of(number)));
    }
    bool is(std::uint64_t number, TaskStatus status) { return found(number).status == status; }

    boost::asio::io_context loop_{1};
    adapters::memory::ManualClock clock_;
    adapters::memory::SeededRandom random_{7};
    adapters::memory::MemoryTaskQueue memory_;
    ObservedQueue queue_{memory_};
    TaskWorkerOptions options_{.owner = "w", .poll = 2ms, .backoff = {.base = 1s, .max = 4s}};
    std::unique_ptr<ScriptedHandler> handler_;
    std::unique_ptr<TaskWorkers> workers_;
    bool ended_ = false;
};

TEST_F(TaskWorkersTest, RunsWhatIsDueAndKeepsTheResult) {
    for (std::uint64_t number = 0; number < 20; ++number) {
        add(number);
    }
    auto other_kind = new_task_of(99);
    other_kind.kind = TaskKind::scrub;
    ASSERT_TRUE(run_blocking(memory_.enqueue(other_kind)));
    start([](TaskContext& context) { return answer(TaskDone{context.task().subject + " done"}); });
    ASSERT_TRUE(until([this] { return workers_->counts().done == 20; }));
    EXPECT_EQ(found(7).result, "subject 7 done");
    EXPECT_TRUE(is(99, TaskStatus::pending));
    ASSERT_TRUE(until([this] { return workers_->running() == 0; }));
    clock_.advance(5s);
    ASSERT_TRUE(until([this] { return workers_->figures().count(TaskStatus::done) == 20; }));
    EXPECT_EQ(workers_->figures().oldest_due, clock_.wall() - 5s + 99ms);
    stop();
}

struct Crowd {
    unsigned now = 0;
    unsigned most = 0;
};

Task<TaskOutcome> pause_among(Crowd& crowd) {
    crowd.most = std::max(crowd.most, ++crowd.now);
    const auto alarm = co_await runtime::Alarm::open();
    co_await alarm->wait_for(2ms);
    --crowd.now;
    co_return TaskDone{};
}

TEST_F(TaskWorkersTest, RunsNoMoreAtOnceThanItHasWorkers) {
    for (std::uint64_t number = 0; number < 20; ++number) {
        add(number);
    }
    options_.workers = 3;
    Crowd crowd;
    start([&crowd](TaskContext&) { return pause_among(crowd); });
    ASSERT_TRUE(until([this] { return workers_->counts().done == 20; }));
    EXPECT_EQ(crowd.most, 3U);
    stop();
}

// Runs until it is told to stop, or until `enough`.
Task<TaskOutcome> run_until(TaskContext& context, std::function<bool()> enough) {
    const auto alarm = co_await runtime::Alarm::open();
    while (!enough()) {
        if (context.must_stop()) {
            co_return TaskStopped{};
        }
        co_await alarm->wait_for(1ms);
    }
    co_return TaskDone{"ran"};
}

TEST_F(TaskWorkersTest, RenewsTheLeaseOfALongRun) {
    add(1);
    options_.lease = 9ms;
    options_.workers = 1;
    start([this](TaskContext& context) {
        return run_until(context, [this] { return queue_.heartbeats >= 5; });
    });
    ASSERT_TRUE(until([this] { return queue_.heartbeats >= 2; }));
    clock_.advance(1h);
    ASSERT_TRUE(until([this] { return workers_->counts().done == 1; }));
    EXPECT_EQ(found(1).token, 1U);
    stop();
}

TEST_F(TaskWorkersTest, ALostLeaseEndsTheRunAndItsOutcomeIsNotWritten) {
    add(1);
    options_.lease = 9ms;
    std::optional<bool> was_lost;
    start([&was_lost](TaskContext& context) {
        return run_until(context, [&] {
            was_lost = context.lost();
            return false;
        });
    });
    ASSERT_TRUE(until([&] { return was_lost.has_value(); }));
    clock_.advance(1h);
    const auto taken = run_blocking(memory_.claim(claim_by("other", clock_.wall())));
    ASSERT_TRUE(taken && *taken);
    ASSERT_TRUE(until([this] { return workers_->counts().lost == 1; }));
    EXPECT_EQ(found(1), **taken);
    stop();
}

TEST_F(TaskWorkersTest, ALeaseThatIsNotRenewedInTimeIsGivenUpBeforeItIsOver) {
    add(1);
    options_.lease = 9ms;
    SteadyTime begun = clock_.steady();
    queue_.on_heartbeat = [this] { clock_.advance(options_.lease / 3); };
    std::optional<SteadyTime> ended;
    start([&](TaskContext& context) {
        return run_until(context, [&] {
            ended = clock_.steady();
            return false;
        });
    });
    ASSERT_TRUE(until([this] { return workers_->counts().lost == 1; }));
    EXPECT_LT(*ended - begun, options_.lease);
    EXPECT_EQ(queue_.heartbeats, 2U) << "one that fails is none yet";
    EXPECT_TRUE(is(1, TaskStatus::running)) << "another takes it when its lease is over";
    stop();
}

TEST_F(TaskWorkersTest, AStaleResultIsRefusedAndCounted) {
    add(1);
    bool taken = false;
    start([this, &taken](TaskContext&) {
        clock_.advance(1h);
        taken = run_blocking(memory_.claim(claim_by("other", clock_.wall())))->has_value();
        return answer(TaskDone{"stale"});
    });
    ASSERT_TRUE(until([this] { return workers_->counts().lost == 1; }));
    EXPECT_TRUE(taken);
    EXPECT_TRUE(is(1, TaskStatus::running));
    EXPECT_EQ(workers_->counts().done, 0U);
    stop();
}

TEST_F(TaskWorkersTest, AFailedTaskWaitsLongerEachTimeAndDiesOfTheLast) {
    add(1);
    start(TaskFailed{{Errc::unavailable, "no store"}});
    for (const auto bound : {1s, 2s}) {
        ASSERT_TRUE(until([this] { return is(1, TaskStatus::failed); }));
        const auto task = found(1);
        EXPECT_EQ(task.last_error, "unavailable: no store");
        EXPECT_GE(task.not_before, clock_.wall());
        EXPECT_LE(task.not_before, clock_.wall() + bound);
        clock_.advance(task.not_before - clock_.wall() + 0ms);
        const auto failed = workers_->counts().failed.load();
        ASSERT_TRUE(until(
            [&] { return workers_->counts().failed > failed || workers_->counts().dead > 0; }));
    }
    EXPECT_TRUE(is(1, TaskStatus::dead));
    EXPECT_EQ(workers_->counts().dead, 1U);
    stop();
}

TEST_F(TaskWorkersTest, WhatIsGivenUpIsDeadAtOnce) {
    add(1);
    start(TaskGivenUp{{Errc::corrupted, "wrong digest"}});
    ASSERT_TRUE(until([this] { return workers_->counts().dead == 1; }));
    EXPECT_EQ(found(1).last_error, "corrupted: wrong digest");
    EXPECT_EQ(found(1).attempts, 1U);
    stop();
}

TEST_F(TaskWorkersTest, AResultThatIsTooLargeIsGivenUp) {
    add(1);
    start(TaskDone{std::string(core::kMaxTaskBytes + 1, 'x')});
    ASSERT_TRUE(until([this] { return workers_->counts().dead == 1; }));
    EXPECT_TRUE(found(1).last_error.starts_with("too_large"));
    stop();
}

Task<TaskOutcome> throw_late() {
    const auto alarm = co_await runtime::Alarm::open();
    co_await alarm->wait_for(1ms);
    throw std::runtime_error("a library's");
}

TEST_F(TaskWorkersTest, WhatALibraryThrowsIsAFailedAttempt) {
    add(1);
    start([](TaskContext&) { return throw_late(); });
    ASSERT_TRUE(until([this] { return workers_->counts().failed == 1; }));
    EXPECT_EQ(found(1).last_error, "internal: thrown: a library's");
    stop();
}

TEST_F(TaskWorkersTest, ASnoozedTaskWaitsAndIsWoken) {
    add(1);
    start(TaskSnoozed{1h});
    ASSERT_TRUE(until([this] { return workers_->counts().snoozed == 1; }));
    EXPECT_EQ(found(1).not_before, clock_.wall() + 1h);
    EXPECT_EQ(found(1).attempts, 0U);
    ASSERT_TRUE(run_blocking(memory_.wake("key 1", clock_.wall())));
    ASSERT_TRUE(until([this] { return workers_->counts().snoozed == 2; }));
    stop();
}

Task<TaskOutcome> count_up(TaskContext& context, int& steps) {
    for (;;) {
        const auto kept = co_await context.checkpoint(std::to_string(++steps));
        if (!kept) {
            EXPECT_EQ(kept.error().code, Errc::cancelled);
            EXPECT_TRUE(context.must_stop());
            EXPECT_EQ(context.task().checkpoint, std::to_string(steps));
            co_return TaskFailed{kept.error()};
        }
        const auto alarm = co_await runtime::Alarm::open();
        co_await alarm->wait_for(1ms);
    }
}

TEST_F(TaskWorkersTest, StoppingGivesTheTaskBackWithItsCheckpoint) {
    add(1);
    int steps = 0;
    start([&steps](TaskContext& context) { return count_up(context, steps); });
    ASSERT_TRUE(until([&steps] { return steps >= 3; }));
    stop();
    const auto task = found(1);
    EXPECT_EQ(task.status, TaskStatus::pending);
    EXPECT_EQ(task.checkpoint, std::to_string(steps));
    EXPECT_EQ(task.attempts, 0U);
    EXPECT_LE(task.not_before, clock_.wall());
    EXPECT_EQ(workers_->counts().snoozed, 1U);
}

TEST_F(TaskWorkersTest, AnIdlePoolSleepsUntilItIsWokenOrStopped) {
    options_.poll = 1h;
    start(TaskDone{});
    ASSERT_TRUE(until([this] { return queue_.claims == 1; }));
    add(1);
    for (int i = 0; i < 20; ++i) {
        loop_.restart();
        loop_.run_one_for(1ms);
    }
    EXPECT_EQ(queue_.claims, 1U);
    workers_->wake();
    ASSERT_TRUE(until([this] { return workers_->counts().done == 1; }));
    stop();
    workers_->wake();
    workers_->stop();
}

TEST_F(TaskWorkersTest, AnEndIsWrittenAgainWhereTheQueueWasAway) {
    add(1);
    options_.backoff.base = 1ms;
    queue_.away = 3;
    start(TaskDone{"result"});
    ASSERT_TRUE(until([this] { return workers_->counts().done == 1; }));
    EXPECT_EQ(queue_.away, 0U);
    EXPECT_EQ(found(1).result, "result");
    stop();
}

TEST_F(TaskWorkersTest, AnEndThatCannotBeWrittenIsLeftToTheLease) {
    add(1);
    options_.backoff.base = 1ms;
    queue_.away = 5;
    start(TaskDone{"result"});
    ASSERT_TRUE(until([this] { return workers_->counts().lost == 1; }));
    EXPECT_TRUE(is(1, TaskStatus::running));
    clock_.advance(1h);
    ASSERT_TRUE(until([this] { return workers_->counts().done == 1; }));
    EXPECT_EQ(found(1).token, 2U);
    stop();
}

TEST_F(TaskWorkersTest, OneWithALastWordIsGivenUpByItsHandler) {
    add(1, 2, TaskKind::complete);
    unsigned runs = 0;
    start([&runs](TaskContext&) {
        ++runs;
        return answer(TaskFailed{{Errc::unavailable, "away"}});
    });
    EXPECT_TRUE(until([this] {
        clock_.advance(5s);
        return is(1, TaskStatus::dead);
    }));
    EXPECT_EQ(runs, 2U) << "the third time is not for the work";
    EXPECT_EQ(found(1).attempts, 2U);
    EXPECT_NE(found(1).last_error.find("away"), std::string::npos);
    stop();
    EXPECT_EQ(workers_->counts().failed, 2U);
    EXPECT_EQ(workers_->counts().dead, 1U);
}

}  // namespace
}  // namespace slipway::engine
