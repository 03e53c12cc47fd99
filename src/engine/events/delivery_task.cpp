#include "engine/events/delivery_task.hpp"

#include <algorithm>
#include <utility>

#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::chrono::milliseconds kShortPause{200};
constexpr std::chrono::milliseconds kLongPause{60'000};
constexpr std::string_view kHelp = "Attempts to deliver an event to an endpoint.";
constexpr std::string_view kName = "slipway_webhook_deliveries_total";

}  // namespace

DeliveryMetrics::DeliveryMetrics(telemetry::Metrics& registry)
    : delivered(registry.counter(kName, kHelp, "outcome=\"delivered\"")),
      failed(registry.counter(kName, kHelp, "outcome=\"failed\"")),
      given_up(registry.counter(kName, kHelp, "outcome=\"dead\"")) {}

Task<TaskOutcome> DeliveryTask::run(TaskContext& context) {
    auto delivery = core::parse_delivery(context.task().payload);
    if (!delivery) {
        co_return TaskGivenUp{{Errc::invalid, "the payload is no delivery"}};
    }
    const auto predecessor = co_await find_predecessor(*delivery);
    if (!predecessor) {
        co_return TaskFailed{predecessor.error()};
    }
    if (*predecessor) {
        co_return TaskSnoozed{wait_for(**predecessor)};
    }
    const std::string endpoint = delivery->endpoint;
    if (under_way_[endpoint] >= most_at_once_) {
        co_return TaskSnoozed{kShortPause};
    }
    ++under_way_[endpoint];
    auto outcome = co_await courier_.deliver(std::move(*delivery));
    --under_way_[endpoint];
    if (context.must_stop() && !std::holds_alternative<ports::Delivered>(outcome)) {
        co_return TaskStopped{};
    }
    co_return settle(context.task(), std::move(outcome));
}

// Of those that were enqueued the nearest one decides: it waited for the others. Numbers that were
// not meant for this endpoint are missing.
Task<Result<std::optional<core::QueuedTask>>> DeliveryTask::find_predecessor(
    core::Delivery delivery) {
    for (std::uint32_t before = delivery.sequence; before > 1; --before) {
        auto key = core::delivery_key(delivery.endpoint, delivery.subject, before - 1);
        auto task = co_await queue_.find_by_key(std::move(key));
        if (!task && task.error().code != Errc::not_found) {
            co_return std::unexpected(task.error());
        }
        if (task) {
            co_return core::is_unfinished(task->status) ? std::optional(std::move(*task))
                                                        : std::nullopt;
        }
    }
    co_return std::optional<core::QueuedTask>();
}

std::chrono::milliseconds DeliveryTask::wait_for(const core::QueuedTask& predecessor) const {
    if (predecessor.status == core::TaskStatus::running) {
        return kShortPause;
    }
    return std::clamp(core::due_at(predecessor) - clock_.wall() + kShortPause, kShortPause,
                      kLongPause);
}

TaskOutcome DeliveryTask::settle(const core::QueuedTask& task, ports::DeliveryOutcome outcome) {
    if (std::holds_alternative<ports::Delivered>(outcome)) {
        metrics_.delivered.add();
        return TaskDone{};
    }
    auto& failed = std::get<ports::NotDelivered>(outcome);
    const bool last = task.attempts >= task.max_attempts;
    (failed.is_final || last ? metrics_.given_up : metrics_.failed).add();
    if (failed.is_final) {
        return TaskGivenUp{std::move(failed.error)};
    }
    return TaskFailed{std::move(failed.error), failed.retry_after};
}

}  // namespace slipway::engine
