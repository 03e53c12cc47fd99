// EventRelay: takes events out of the outbox, in the order of their commits, and hands each to
// every sink. An event leaves the outbox when every sink has taken it over. A crash at any point
// hands events in again, which sinks take once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "ports/catalog.hpp"
#include "ports/event_sink.hpp"
#include "runtime/alarm.hpp"

namespace slipway::engine {

class EventRelay {
 public:
    // All of them outlive it. `poll`: how late events are noticed, unless wake() is called.
    EventRelay(ports::Catalog& catalog, std::vector<ports::EventSink*> sinks,
               std::chrono::milliseconds poll);

    // Called after events were handed over.
    std::function<void()> on_taken = [] {};

    // Until stop(). Once.
    Task<void> run();
    // Hands over what there is, and says how much. Errors: of the catalog or of a sink; what was
    // not handed over stays.
    Task<Result<std::size_t>> pass();
    // Thread-safe, idempotent.
    void stop();
    // There may be an event: looks now instead of at the next poll. Thread-safe.
    void wake();

 private:
    Task<Result<>> hand_over(const core::Event& event);

    ports::Catalog& catalog_;
    const std::vector<ports::EventSink*> sinks_;
    const std::chrono::milliseconds poll_;
    std::atomic<bool> stopping_{false};
    // Guards what stop() and wake() share with the loop.
    std::mutex mutex_;
    std::unique_ptr<runtime::Alarm> bell_;
};

}  // namespace slipway::engine
