// EventSink: whoever is told of events; EventCourier: what carries one message to one endpoint.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.hpp"
#include "core/delivery.hpp"
#include "core/event.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

class EventSink {
 public:
    virtual ~EventSink() = default;
    // For logs.
    virtual std::string_view name() const = 0;
    // Takes the event over: when this completes with a value, it will be delivered whatever becomes
    // of this process. Idempotent by the event. Events come in the order of their commits, one at a
    // time. Errors: those of whatever keeps it; it is handed in again.
    virtual Task<Result<>> take(core::Event event) = 0;
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
