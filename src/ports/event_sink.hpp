// EventSink: whoever is told of events; EventCourier: what carries one message to one endpoint.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "core/delivery.hpp"
#include "core/event.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

// What a sink has taken of the events that it was handed: so many, the first ones.
struct TakenEvents {
    std::size_t count = 0;
    Result<> rest;  // why not the others
};

class EventSink {
 public:
    virtual ~EventSink() = default;
    // For logs.
    virtual std::string_view name() const = 0;
    // Takes events over: those that are taken will reach their receivers, or have, whatever becomes
    // of this process. One call at a time, with events in the order of their commits. What was not
    // taken is handed in again, and after a crash so may be what was: receivers know an event by
    // its id. Errors: those of whatever keeps it.
    virtual Task<TakenEvents> take(std::vector<core::Event> events) = 0;
};

struct Delivered {};
struct NotDelivered {
    Error error;
    bool is_final = false;  // the receiver wants no further attempt
    // Not before this has passed: the receiver asked for it.
    std::optional<std::chrono::milliseconds> retry_after = {};
};
using DeliveryOutcome = std::variant<Delivered, NotDelivered>;

class EventCourier {
 public:
    virtual ~EventCourier() = default;
    // One attempt. Delivered: the receiver said that it has the message. Calls may overlap, on one
    // event loop. It may have come through although it was not delivered, and come again.
    virtual Task<DeliveryOutcome> deliver(core::Delivery delivery) = 0;
};

}  // namespace slipway::ports
