#include "daemon/kafka/kafka_outlet.hpp"

#include <utility>

#include "adapters/kafka/kafka_event_sink.hpp"
#include "adapters/kafka/producer.hpp"
#include "daemon/kafka/kafka_settings.hpp"

namespace slipway::daemon {

namespace {

namespace kafka = adapters::kafka;

class ProducerOutlet final : public KafkaOutlet {
 public:
    ProducerOutlet(std::unique_ptr<kafka::Producer> producer, const Config& config,
                   telemetry::Metrics& metrics)
        : producer_(std::move(producer)),
          metrics_(metrics),
          sink_(*producer_, metrics_, config.kafka.topic_events, config.webhooks.source) {}

    ports::EventSink& sink() override { return sink_; }
    void stop() override { producer_->stop(); }

 private:
    const std::unique_ptr<kafka::Producer> producer_;
    kafka::KafkaEventMetrics metrics_;
    kafka::KafkaEventSink sink_;
};

}  // namespace

Result<std::unique_ptr<KafkaOutlet>> open_kafka_outlet(const Config& config,
                                                       const Environment& environment,
                                                       telemetry::Metrics& metrics) {
    if (config.kafka.brokers.empty()) {
        return nullptr;
    }
    auto options = kafka_options(environment, config.kafka);
    if (!options) {
        return std::unexpected(options.error());
    }
    auto producer = kafka::Producer::open(std::move(*options));
    if (!producer) {
        return std::unexpected(producer.error());
    }
    return std::make_unique<ProducerOutlet>(std::move(*producer), config, metrics);
}

}  // namespace slipway::daemon
