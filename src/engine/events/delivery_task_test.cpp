#include "engine/events/delivery_task.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_task_queue.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::engine {
namespace {

using namespace std::chrono_literals;
using core::TaskStatus;

class ScriptedCourier final : public ports::EventCourier {
 public:
    Task<ports::DeliveryOutcome> deliver(core::Delivery delivery) override {
        carried.push_back(delivery.sequence);
        if (answers.empty()) {
            co_return ports::Delivered{};
        }
        auto answer = answers.front();
        answers.pop_front();
        co_return answer;
    }

    std::vector<std::uint32_t> carried;
    std::deque<ports::DeliveryOutcome> answers;
};

ports::NotDelivered failed(bool is_final = false,
                           std::optional<std::chrono::milliseconds> retry_after = {}) {
    return {.error = {Errc::unavailable, "away"}, .is_final = is_final, .retry_after = retry_after};
}

class Deliveries : public ::testing::Test {
 protected:
    void enqueue(std::uint32_t sequence, std::string endpoint = "here") {
        const core::Delivery delivery{.endpoint = endpoint,
                                      .event = {},
                                      .subject = {},
                                      .sequence = sequence,
                                      .traceparent = {},
                                      .body = "body"};
        core::NewTask wanted{.id = TaskId(TaskId::Bytes{++tasks_}),
                             .kind = core::TaskKind::webhook,
                             .subject = "s",
                             .payload = core::encode_delivery(delivery),
                             .dedupe_key = core::delivery_key(endpoint, {}, sequence),
                             .created_at = clock_.wall(),
                             .not_before = std::nullopt,
                             .max_attempts = 3};
        ASSERT_TRUE(runtime::run_blocking(queue_.enqueue(wanted)));
    }
    std::optional<core::QueuedTask> claim() {
        return *runtime::run_blocking(queue_.claim({.owner = "test",
                                                    .kinds = {core::TaskKind::webhook},
                                                    .now = clock_.wall(),
                                                    .lease_length = 30s}));
    }
    TaskOutcome run(const core::QueuedTask& task) {
        TaskContext context(queue_, task, stopping_);
        return runtime::run_blocking(handler_.run(context));
    }
    void finish(const core::QueuedTask& task) {
        ASSERT_TRUE(runtime::run_blocking(queue_.finish(core::lease_of(task), "", clock_.wall())));
    }
    void bury(const core::QueuedTask& task) {
        const core::TaskFailure failure{
            .error = "no", .then = core::AfterFailure::give_up, .now = {}, .retry_at = {}};
        ASSERT_TRUE(runtime::run_blocking(queue_.fail(core::lease_of(task), failure)));
    }

    adapters::memory::ManualClock clock_;
    adapters::memory::MemoryTaskQueue queue_;
    ScriptedCourier courier_;
    telemetry::Metrics registry_;
    DeliveryMetrics metrics_{registry_};
    DeliveryTask handler_{queue_, clock_, courier_, metrics_, 2};
    std::atomic<bool> stopping_{false};
    std::uint8_t tasks_ = 0;
};

TEST_F(Deliveries, AnEventWaitsForTheOneBeforeIt) {
    enqueue(1);
    enqueue(3);
    const auto first = claim();
    const auto second = claim();
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(std::holds_alternative<TaskSnoozed>(run(*second)));
    EXPECT_TRUE(courier_.carried.empty());
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run(*first)));
    // Delivered, but not yet written down.
    EXPECT_TRUE(std::holds_alternative<TaskSnoozed>(run(*second)));
    finish(*first);
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run(*second)));
    EXPECT_EQ(courier_.carried, (std::vector<std::uint32_t>{1, 3}));
}

TEST_F(Deliveries, AnEventGoesWhenTheOneBeforeItIsGivenUp) {
    enqueue(1);
    enqueue(2);
    const auto first = claim();
    const auto second = claim();
    bury(*first);
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run(*second)));
}

TEST_F(Deliveries, EndpointsDoNotWaitForEachOther) {
    enqueue(1, "there");
    enqueue(2, "here");
    ASSERT_TRUE(claim());
    const auto second = claim();
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run(*second)));
}

TEST_F(Deliveries, WaitsAsLongAsTheOneBeforeItDoes) {
    enqueue(1);
    enqueue(2);
    const auto first = claim();
    const core::TaskFailure failure{.error = "no",
                                    .then = core::AfterFailure::retry,
                                    .now = clock_.wall(),
                                    .retry_at = clock_.wall() + 10s};
    ASSERT_TRUE(runtime::run_blocking(queue_.fail(core::lease_of(*first), failure)));
    const auto outcome = run(*claim());
    ASSERT_TRUE(std::holds_alternative<TaskSnoozed>(outcome));
    EXPECT_GT(std::get<TaskSnoozed>(outcome).delay, 10s);
}

TEST_F(Deliveries, WhatFailsIsTriedAgainAndCounted) {
    enqueue(1);
    const auto task = claim();
    courier_.answers = {failed(false, 17s), failed(true)};
    const auto again = run(*task);
    ASSERT_TRUE(std::holds_alternative<TaskFailed>(again));
    EXPECT_EQ(std::get<TaskFailed>(again).retry_after, 17s);
    EXPECT_TRUE(std::holds_alternative<TaskGivenUp>(run(*task)));
    EXPECT_TRUE(std::holds_alternative<TaskDone>(run(*task)));
    for (const auto* outcome : {"failed", "dead", "delivered"}) {
        EXPECT_TRUE(registry_.expose().contains("slipway_webhook_deliveries_total{outcome=\"" +
                                                std::string(outcome) + "\"} 1"))
            << registry_.expose();
    }
}

TEST_F(Deliveries, APayloadOfSomethingElseIsGivenUp) {
    core::QueuedTask task;
    task.payload = "something else";
    EXPECT_TRUE(std::holds_alternative<TaskGivenUp>(run(task)));
}

}  // namespace
}  // namespace slipway::engine
