#include "daemon/event_outlets.hpp"

#include <utility>

#include "runtime/group.hpp"

namespace slipway::daemon {

namespace {

constexpr std::chrono::milliseconds kPoll{1000};

}  // namespace

Result<std::unique_ptr<EventOutlets>> EventOutlets::open(
    Means means, std::vector<adapters::webhook::Endpoint> endpoints, const Config& config,
    const Environment& environment) {
    auto kafka = open_kafka_outlet(config, environment, means.metrics);
    if (!kafka) {
        return std::unexpected(kafka.error());
    }
    if (endpoints.empty() && !*kafka) {
        return nullptr;
    }
    return std::unique_ptr<EventOutlets>(
        new EventOutlets(means, std::move(endpoints), std::move(*kafka), config));
}

EventOutlets::EventOutlets(Means means, std::vector<adapters::webhook::Endpoint> endpoints,
                           std::unique_ptr<KafkaOutlet> kafka, const Config& config)
    : webhooks_(endpoints.empty()
                    ? nullptr
                    : std::make_unique<Webhooks>(means.world, means.deliveries,
                                                 std::move(endpoints), config.webhooks)),
      kafka_(std::move(kafka)),
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
        all.push_back(&kafka_->sink());
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
    if (kafka_) {
        kafka_->stop();
    }
}

}  // namespace slipway::daemon
