// KafkaOutlet: the way of events to Kafka, where one is configured.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "daemon/config_loader.hpp"
#include "ports/event_sink.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

class KafkaOutlet {
 public:
    virtual ~KafkaOutlet() = default;
    virtual ports::EventSink& sink() = 0;
    // What is under way has a second to arrive. Thread-safe, idempotent.
    virtual void stop() = 0;
};

// Nothing where there is no Kafka; does not wait for it, which may be away. The metrics outlive it.
// invalid: the settings of Kafka.
Result<std::unique_ptr<KafkaOutlet>> open_kafka_outlet(const Config& config,
                                                       const Environment& environment,
                                                       telemetry::Metrics& metrics);

}  // namespace slipway::daemon
