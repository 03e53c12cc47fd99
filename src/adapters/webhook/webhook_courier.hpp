// WebhookCourier: carries a message to an endpoint by one signed POST. It follows no redirect, uses
// no proxy, reads little of an answer and connects to public addresses only, unless it is told
// otherwise.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/webhook/endpoint.hpp"
#include "http/client.hpp"
#include "ports/clock.hpp"
#include "ports/event_sink.hpp"

namespace slipway::adapters::webhook {

struct WebhookCourierOptions {
    std::chrono::milliseconds timeout{10'000};  // for the whole exchange, and for the connection
    bool allow_private = false;
    std::string ca;  // as http::ClientOptions::ca
};

class WebhookCourier final : public ports::EventCourier {
 public:
    // The clock outlives it. Used on one event loop.
    WebhookCourier(ports::Clock& clock, std::vector<Endpoint> endpoints,
                   WebhookCourierOptions options);

    // Final: 410, and an endpoint that is not known any more.
    Task<ports::DeliveryOutcome> deliver(core::Delivery delivery) override;
    // Ends what is under way; nothing is delivered afterwards. Thread-safe.
    void stop() { client_.stop(); }

 private:
    http::ClientRequest request_for(const Endpoint& endpoint, core::Delivery delivery) const;

    ports::Clock& clock_;
    std::map<std::string, Endpoint> endpoints_;
    http::Client client_;
};

}  // namespace slipway::adapters::webhook
