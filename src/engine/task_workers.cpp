#include "engine/task_workers.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <span>
#include <utility>

#include "runtime/group.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

using namespace std::chrono_literals;

namespace {

constexpr unsigned kMaxEndAttempts = 5;

double uniform(ports::Random& random) {
    std::uint64_t bits = 0;
    random.fill(std::as_writable_bytes(std::span(&bits, 1)));
    return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

void log_run(telemetry::Level level, std::string_view event, const core::QueuedTask& task,
             std::string_view detail) {
    telemetry::log(level, event,
                   {{"task_id", task.id.to_string()},
                    {"kind", to_string(task.kind)},
                    {"subject", task.subject},
                    {"attempts", std::uint64_t{task.attempts}},
                    {"detail", detail}});
}

std::string text_of(const Error& error) {
    return std::string(to_string(error.code)) + ": " + error.detail;
}

bool is_stop(const TaskOutcome& outcome) {
    const auto* failed = std::get_if<TaskFailed>(&outcome);
    return std::holds_alternative<TaskStopped>(outcome) ||
           (failed != nullptr && failed->error.code == Errc::cancelled);
}

}  // namespace

TaskWorkers::TaskWorkers(ports::TaskQueue& queue, ports::Clock& clock, ports::Random& random,
                         TaskWorkerOptions options)
    : queue_(queue), clock_(clock), random_(random), options_(std::move(options)) {}

void TaskWorkers::handle(core::TaskKind kind, TaskHandler& handler) {
    handlers_[static_cast<std::size_t>(kind) - 1] = &handler;
    kinds_.push_back(kind);
}

void TaskWorkers::stop() {
    stopping_ = true;
    wake();
}

void TaskWorkers::wake() {
    const std::scoped_lock lock(mutex_);
    if (bell_) {
        bell_->ring();
    }
}

ports::TaskStats TaskWorkers::figures() const {
    const std::scoped_lock lock(mutex_);
    return figures_;
}

Task<void> TaskWorkers::run() {
    auto bell = co_await runtime::Alarm::open();
    runtime::Alarm& idle = *bell;
    {
        const std::scoped_lock lock(mutex_);
        bell_ = std::move(bell);
    }
    runtime::Slots slots(options_.workers);
    const auto group = co_await runtime::Group::open();
    while (!stopping_) {
        co_await refresh_figures();
        auto slot = co_await slots.take();
        if (stopping_) {
            break;
        }
        const SteadyTime claimed_from = clock_.steady();
        auto claimed = co_await claim_next();
        if (claimed && *claimed) {
            group->spawn(work(std::move(**claimed), std::move(slot), claimed_from));
            continue;
        }
        if (!claimed && !stopping_) {
            telemetry::log(telemetry::Level::warn, "task_claim_failed",
                           {{"detail", text_of(claimed.error())}});
        }
        co_await idle.wait_for(options_.poll);
    }
    co_await group->wait();
    // The loop may go now: who rings afterwards meets nobody.
    const std::scoped_lock lock(mutex_);
    bell_.reset();
}

Task<Result<std::optional<core::QueuedTask>>> TaskWorkers::claim_next() {
    ports::ClaimRequest request{.owner = options_.owner,
                                .kinds = kinds_,
                                .now = clock_.wall(),
                                .lease_length = options_.lease};
    co_return co_await queue_.claim(std::move(request));
}

Task<void> TaskWorkers::refresh_figures() {
    if (clock_.steady() - figures_from_ < options_.poll) {
        co_return;
    }
    const auto stats = co_await queue_.stats(clock_.wall());
    if (stats) {
        figures_from_ = clock_.steady();
        const std::scoped_lock lock(mutex_);
        figures_ = *stats;
    }
}

Task<void> TaskWorkers::work(core::QueuedTask task, runtime::Slot slot, SteadyTime claimed_from) {
    ++running_;
    TaskContext context(queue_, std::move(task), stopping_);
    const auto ended = co_await runtime::Alarm::open();
    const auto beside = co_await runtime::Group::open();
    beside->spawn(keep_lease(context, *ended, claimed_from));
    auto outcome = co_await run_handler(context);
    ended->ring();
    co_await beside->wait();
    co_await settle(context, std::move(outcome));
    --running_;
}

Task<TaskOutcome> TaskWorkers::run_handler(TaskContext& context) {
    TaskHandler& handler = *handlers_[static_cast<std::size_t>(context.task().kind) - 1];
    std::string thrown;
    try {
        co_return co_await run_or_give_up(handler, context);
    } catch (const std::exception& error) {
        thrown = error.what();
    }
    co_return TaskFailed{{Errc::internal, "thrown: " + thrown}};
}

Task<void> TaskWorkers::keep_lease(TaskContext& context, runtime::Alarm& ended,
                                   SteadyTime claimed_from) {
    // By the steady clock, and before the lease is over by that of others.
    const auto safe = options_.lease * 4 / 5;
    SteadyTime safe_until = claimed_from + safe;
    while (!context.lost()) {
        if (co_await ended.wait_for(options_.lease / 3) == runtime::PauseEnd::ring) {
            co_return;
        }
        const SteadyTime from = clock_.steady();
        const auto renewed = co_await context.renew(clock_.wall(), options_.lease);
        if (renewed) {
            safe_until = from + safe;
        } else if (!context.lost()) {
            log_run(telemetry::Level::warn, "task_heartbeat_failed", context.task(),
                    text_of(renewed.error()));
        }
        if (!renewed && clock_.steady() >= safe_until - options_.lease / 3) {
            context.lose();
        }
    }
}

WallTime TaskWorkers::retry_time(std::uint32_t attempts) {
    return clock_.wall() +
           runtime::backoff_delay(options_.backoff, std::max(attempts, 1U), uniform(random_));
}

Task<Result<core::QueuedTask>> TaskWorkers::write_end(TaskContext& context, TaskOutcome outcome) {
    const WallTime now = clock_.wall();
    auto lease = core::lease_of(context.task());
    if (is_stop(outcome)) {
        // Who stops without having been told to is not begun again in the same moment.
        const auto delay = stopping_ ? std::chrono::milliseconds(0) : options_.poll;
        co_return co_await queue_.snooze(std::move(lease), now + delay, now);
    }
    if (auto* done = std::get_if<TaskDone>(&outcome)) {
        co_return co_await queue_.finish(std::move(lease), std::move(done->result), now);
    }
    if (const auto* snoozed = std::get_if<TaskSnoozed>(&outcome)) {
        co_return co_await queue_.snooze(std::move(lease), now + snoozed->delay, now);
    }
    core::TaskFailure failure{.error = {},
                              .then = core::AfterFailure::retry,
                              .now = now,
                              .retry_at = retry_time(context.task().attempts)};
    if (const auto* given_up = std::get_if<TaskGivenUp>(&outcome)) {
        failure.error = text_of(given_up->error);
        failure.then = core::AfterFailure::give_up;
    } else {
        const auto& failed = std::get<TaskFailed>(outcome);
        failure.error = text_of(failed.error);
        failure.retry_at = std::max(failure.retry_at, now + failed.retry_after.value_or(0ms));
    }
    co_return co_await queue_.fail(std::move(lease), std::move(failure));
}

Task<void> TaskWorkers::settle(TaskContext& context, TaskOutcome outcome) {
    if (context.lost()) {
        ++counts_.lost;
        log_run(telemetry::Level::warn, "task_lease_lost", context.task(), "while it ran");
        co_return;
    }
    const auto pause = co_await runtime::Alarm::open();
    auto ended = co_await write_end(context, outcome);
    for (unsigned tried = 1; tried < kMaxEndAttempts && !ended && !stopping_; ++tried) {
        if (ended.error().code == Errc::conflict) {
            break;
        }
        if (ended.error().code == Errc::too_large) {
            outcome = TaskGivenUp{ended.error()};
        } else {
            co_await pause->wait_for(
                runtime::backoff_delay(options_.backoff, tried, uniform(random_)));
        }
        ended = co_await write_end(context, outcome);
    }
    if (!ended) {
        // The lease runs out by itself, and another goes on from the checkpoint.
        ++counts_.lost;
        log_run(telemetry::Level::warn, "task_end_not_written", context.task(),
                text_of(ended.error()));
        co_return;
    }
    count_end(*ended);
}

void TaskWorkers::count_end(const core::QueuedTask& ended) {
    switch (ended.status) {
        case core::TaskStatus::done:
            ++counts_.done;
            break;
        case core::TaskStatus::failed:
            ++counts_.failed;
            log_run(telemetry::Level::warn, "task_failed", ended, ended.last_error);
            break;
        case core::TaskStatus::dead:
            ++counts_.dead;
            log_run(telemetry::Level::error, "task_dead", ended, ended.last_error);
            break;
        case core::TaskStatus::pending:
        case core::TaskStatus::running:
            ++counts_.snoozed;
            break;
    }
}

}  // namespace slipway::engine
