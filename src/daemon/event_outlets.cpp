#include "daemon/event_outlets.hpp"

#include <utility>

#include "runtime/group.hpp"

namespace slipway::daemon {

namespace {

constexpr std::chrono::milliseconds kPoll{1000};

template <class Outlet>
std::unique_ptr<Outlet> none() {
    return nullptr;
}

}  // namespace

Result<std::unique_ptr<EventOutlets>> EventOutlets::open(
    Means means, std::vector<adapters::webhook::Endpoint> endpoints, const Config& config) {
    std::unique_ptr<adapters::kafka::Producer> producer;
    if (!config.kafka.brokers.empty()) {
        auto opened = adapters::kafka::Producer::open({.brokers = config.kafka.brokers});
        if (!opened) {
            return std::unexpected(opened.error());
        }
        producer = std::move(*opened);
    }
    if (endpoints.empty() && !producer) {
        return nullptr;
    }
    return std::unique_ptr<EventOutlets>(
        new EventOutlets(means, std::move(endpoints), std::move(producer), config));
}

EventOutlets::EventOutlets(Means means, std::vector<adapters::webhook::Endpoint> endpoints,
                           std::unique_ptr<adapters::kafka::Producer> producer,
                           const Config& config)
    : webhooks_(endpoints.empty()
                    ? none<Webhooks>()
                    : std::make_unique<Webhooks>(means.world, means.deliveries,
                                                 std::move(endpoints), config.webhooks)),
      producer_(std::move(producer)),
      kafka_metrics_(producer_ ? std::make_unique<adapters::kafka::KafkaEventMetrics>(means.metrics)
                               : none<adapters::kafka::KafkaEventMetrics>()),
      kafka_(producer_ ? std::make_unique<adapters::kafka::KafkaEventSink>(
                             *producer_, *kafka_metrics_, config.kafka.topic_events,
                             config.webhooks.source)
                       : none<adapters::kafka::KafkaEventSink>()),
      relay_(means.world.catalog, sinks(), kPoll) {
    if (webhooks_) {
        relay_.on_taken = [this] { webhooks_->wake(); };
    }
    means.world.options.publish_events = true;
    means.world.wake_relay = [this] { relay_.wake(); };
}

std::vector<ports::EventSink*> EventOutlets::sinks() const {
    std::vector<ports::EventSink*> all;
    if (webhooks_) {
        all.push_back(&webhooks_->sink());
    }
    if (kafka_) {
        all.push_back(kafka_.get());
    }
    return all;
}

Task<void> EventOutlets::run() {
    const auto both = co_await runtime::Group::open();
    both->spawn(relay_.run());
    if (webhooks_) {
        both->spawn(webhooks_->run());
    }
    co_await both->wait();
}

void EventOutlets::wake() {
    if (webhooks_) {
        webhooks_->wake();
    }
}

void EventOutlets::stop() {
    relay_.stop();
    if (webhooks_) {
        webhooks_->stop();
    }
    if (producer_) {
        producer_->stop();
    }
}

}  // namespace slipway::daemon
