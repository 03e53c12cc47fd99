#include "engine/events/event_relay.hpp"

#include <utility>

#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kBatch = 100;

}  // namespace

EventRelay::EventRelay(ports::Catalog& catalog, std::vector<ports::EventSink*> sinks,
                       std::chrono::milliseconds poll)
    : catalog_(catalog), sinks_(std::move(sinks)), poll_(poll) {}

void EventRelay::stop() {
    stopping_ = true;
    wake();
}

void EventRelay::wake() {
    const std::scoped_lock lock(mutex_);
    if (bell_) {
        bell_->ring();
    }
}

Task<void> EventRelay::run() {
    auto bell = co_await runtime::Alarm::open();
    runtime::Alarm& idle = *bell;
    {
        const std::scoped_lock lock(mutex_);
        bell_ = std::move(bell);
    }
    while (!stopping_) {
        const auto passed = co_await pass();
        if (passed && *passed > 0) {
            continue;
        }
        if (!passed && !stopping_) {
            telemetry::log(
                telemetry::Level::warn, "relay_failed",
                {{"error", to_string(passed.error().code)}, {"detail", passed.error().detail}});
        }
        co_await idle.wait_for(poll_);
    }
    const std::scoped_lock lock(mutex_);
    bell_.reset();
}

Task<Result<std::size_t>> EventRelay::pass() {
    if (catalog_.events_waiting() == 0) {
        co_return std::size_t{0};
    }
    const auto entries = co_await catalog_.list_events(kBatch);
    if (!entries) {
        co_return std::unexpected(entries.error());
    }
    std::size_t taken = 0;
    Result<> handed;
    for (const core::OutboxEntry& entry : *entries) {
        handed = co_await hand_over(entry.event);
        if (!handed || stopping_) {
            break;
        }
        ++taken;
    }
    if (taken > 0) {
        on_taken();
        const auto removed = co_await catalog_.remove_events((*entries)[taken - 1].position);
        if (!removed) {
            co_return std::unexpected(removed.error());
        }
    }
    co_return handed ? Result<std::size_t>(taken) : std::unexpected(handed.error());
}

Task<Result<>> EventRelay::hand_over(const core::Event& event) {
    for (ports::EventSink* sink : sinks_) {
        if (auto taken = co_await sink->take(event); !taken) {
            co_return failure(taken.error().code,
                              std::string(sink->name()) + ": " + taken.error().detail);
        }
    }
    co_return Result<>();
}

}  // namespace slipway::engine
