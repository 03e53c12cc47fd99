// EventOutlets: everybody who is told of events, by the configuration, and the relay that takes
// events out of the outbox to each of them.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/config.hpp"
#include "daemon/kafka/kafka_outlet.hpp"
#include "daemon/webhooks.hpp"
#include "engine/events/event_relay.hpp"
#include "engine/world.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

class EventOutlets {
 public:
    // What it takes from outside outlives it.
    struct Means {
        engine::World& world;
        telemetry::Metrics& metrics;
        engine::DeliveryMetrics& deliveries;
    };

    // Nothing where nobody is to be told; else the world is told that somebody is. invalid: the
    // settings of Kafka.
    static Result<std::unique_ptr<EventOutlets>> open(
        Means means, std::vector<adapters::webhook::Endpoint> endpoints, const Config& config,
        const Environment& environment);

    // Before run(): this server relays events only while `is_the_one` says so.
    void relay_only_while(std::function<bool()> is_the_one) {
        relay_.is_the_one = std::move(is_the_one);
    }
    // Until stop(). Once.
    Task<void> run();
    // There may be events to carry. Thread-safe.
    void wake();
    // Thread-safe, idempotent. What no outlet has taken stays in the outbox for the next start.
    void stop();

 private:
    EventOutlets(Means means, std::vector<adapters::webhook::Endpoint> endpoints,
                 std::unique_ptr<KafkaOutlet> kafka, const Config& config);
    std::vector<ports::EventSink*> sinks() const;

    std::unique_ptr<Webhooks> webhooks_;
    std::unique_ptr<KafkaOutlet> kafka_;
    engine::EventRelay relay_;
};

}  // namespace slipway::daemon
