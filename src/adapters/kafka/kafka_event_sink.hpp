// KafkaEventSink: events become messages of one topic. An event is taken when the brokers have it.
#pragma once

#include <span>
#include <string>

#include "adapters/kafka/message_sender.hpp"
#include "ports/event_sink.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::adapters::kafka {

struct KafkaEventMetrics {
    explicit KafkaEventMetrics(telemetry::Metrics& registry);
    telemetry::Counter& delivered;
    telemetry::Counter& failed;
};

class KafkaEventSink final : public ports::EventSink {
 public:
    // Both outlive it.
    KafkaEventSink(MessageSender& sender, KafkaEventMetrics& metrics, std::string topic,
                   std::string source);

    std::string_view name() const override { return "kafka"; }
    // Of one upload's events one is under way at a time: a failure cannot change their order.
    Task<ports::TakenEvents> take(std::vector<core::Event> events) override;

 private:
    Task<ports::TakenEvents> send(std::span<const core::Event> events);

    MessageSender& sender_;
    KafkaEventMetrics& metrics_;
    const std::string topic_;
    const std::string source_;
};

}  // namespace slipway::adapters::kafka
