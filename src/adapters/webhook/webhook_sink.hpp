// WebhookSink: takes events over by writing down, as tasks of the persistent queue, that each is to
// be carried to each endpoint that wants it. Carrying them is the matter of engine/events and of
// WebhookCourier.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/webhook/endpoint.hpp"
#include "ports/clock.hpp"
#include "ports/event_sink.hpp"
#include "ports/random.hpp"
#include "ports/task_queue.hpp"

namespace slipway::adapters::webhook {

struct WebhookSinkOptions {
    std::string source;  // as of cloud_event()
    std::uint32_t max_attempts = 20;
};

class WebhookSink final : public ports::EventSink {
 public:
    // What is handed in by reference outlives it.
    WebhookSink(ports::TaskQueue& queue, ports::Clock& clock, ports::Random& random,
                std::vector<Endpoint> endpoints, WebhookSinkOptions options);

    std::string_view name() const override { return "webhooks"; }
    Task<ports::TakenEvents> take(std::vector<core::Event> events) override;

 private:
    Task<Result<>> take_one(core::Event event);
    Task<Result<>> enqueue(core::Delivery delivery);

    ports::TaskQueue& queue_;
    ports::Clock& clock_;
    ports::Random& random_;
    const std::vector<Endpoint> endpoints_;
    const WebhookSinkOptions options_;
};

}  // namespace slipway::adapters::webhook
