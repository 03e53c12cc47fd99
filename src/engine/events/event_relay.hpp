// EventRelay: takes events out of the outbox, in the order of their commits, and hands each to
// every sink. Sinks do not wait for each other: each is handed what it has not taken yet. An event
// leaves the outbox when every sink has taken it over. A crash at any point hands events in again,
// which sinks take once or tell their receivers apart by the event's id.
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
    EventRelay(ports::Catalog& catalog, const std::vector<ports::EventSink*>& sinks,
               std::chrono::milliseconds poll);

    // Called after events were handed over.
    std::function<void()> on_taken = [] {};
    // Whether this relay is the one that takes events out, where several processes have one.
    std::function<bool()> is_the_one = [] { return true; };

    // Until stop(). Once.
    Task<void> run();
    // Hands to this sink, of those in their order, what there is for it, and says how much it has
    // taken. Errors: of the catalog or of the sink; what was not taken stays.
    Task<Result<std::size_t>> pass(std::size_t sink);
    // Thread-safe, idempotent.
    void stop();
    // There may be an event: looks now instead of at the next poll. Thread-safe.
    void wake();

 private:
    struct Line {
        ports::EventSink* sink = nullptr;
        std::uint64_t taken = 0;  // up to and with this position
        std::unique_ptr<runtime::Alarm> bell = {};
    };

    Task<void> follow(std::size_t sink);
    // Of what every sink has taken.
    Task<Result<>> remove_taken();

    ports::Catalog& catalog_;
    const std::chrono::milliseconds poll_;
    std::vector<Line> lines_;
    std::uint64_t removed_ = 0;
    std::atomic<bool> stopping_{false};
    // Guards the bells, which stop() and wake() share with the loop.
    std::mutex mutex_;
};

}  // namespace slipway::engine
