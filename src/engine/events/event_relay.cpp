#include "engine/events/event_relay.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/group.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kBatch = 100;

}  // namespace

EventRelay::EventRelay(ports::Catalog& catalog, const std::vector<ports::EventSink*>& sinks,
                       std::chrono::milliseconds poll)
    : catalog_(catalog), poll_(poll) {
    for (ports::EventSink* sink : sinks) {
        lines_.push_back({.sink = sink});
    }
}

void EventRelay::stop() {
    stopping_ = true;
    wake();
}

void EventRelay::wake() {
    const std::scoped_lock lock(mutex_);
    for (const Line& line : lines_) {
        if (line.bell) {
            line.bell->ring();
        }
    }
}

Task<void> EventRelay::run() {
    const auto all = co_await runtime::Group::open();
    for (std::size_t sink = 0; sink < lines_.size(); ++sink) {
        all->spawn(follow(sink));
    }
    co_await all->wait();
}

Task<void> EventRelay::follow(std::size_t sink) {
    auto bell = co_await runtime::Alarm::open();
    runtime::Alarm& idle = *bell;
    {
        const std::scoped_lock lock(mutex_);
        lines_[sink].bell = std::move(bell);
    }
    while (!stopping_) {
        const auto passed = co_await pass(sink);
        if (passed && *passed > 0) {
            continue;
        }
        if (!passed && !stopping_) {
            telemetry::log(telemetry::Level::warn, "relay_failed",
                           {{"sink", lines_[sink].sink->name()},
                            {"error", to_string(passed.error().code)},
                            {"detail", passed.error().detail}});
        }
        co_await idle.wait_for(poll_);
    }
    const std::scoped_lock lock(mutex_);
    lines_[sink].bell.reset();
}

Task<Result<std::size_t>> EventRelay::pass(std::size_t sink) {
    if (catalog_.events_waiting() == 0 || !is_the_one()) {
        co_return std::size_t{0};
    }
    Line& line = lines_[sink];
    auto entries = co_await catalog_.list_events(line.taken, kBatch);
    if (!entries) {
        co_return std::unexpected(entries.error());
    }
    ports::TakenEvents taken;
    if (!entries->empty()) {
        std::vector<core::Event> events;
        for (core::OutboxEntry& entry : *entries) {
            events.push_back(std::move(entry.event));
        }
        taken = co_await line.sink->take(std::move(events));
    }
    if (taken.count > 0) {
        line.taken = (*entries)[taken.count - 1].position;
        on_taken();
    }
    if (auto removed = co_await remove_taken(); !removed) {
        co_return std::unexpected(removed.error());
    }
    co_return taken.rest ? Result<std::size_t>(taken.count)
                         : std::unexpected(std::move(taken.rest.error()));
}

Task<Result<>> EventRelay::remove_taken() {
    const std::uint64_t through = std::ranges::min_element(lines_, {}, &Line::taken)->taken;
    if (through <= removed_) {
        co_return Result<>();
    }
    auto removed = co_await catalog_.remove_events(through);
    if (removed) {
        removed_ = std::max(removed_, through);
    }
    co_return removed;
}

}  // namespace slipway::engine
