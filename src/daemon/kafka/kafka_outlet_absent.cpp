// In the place of kafka_outlet.cpp, where a build is without Kafka. The settings are refused before
// (built_in.cpp).
#include "daemon/built_in.hpp"
#include "daemon/kafka/kafka_outlet.hpp"

namespace slipway::daemon {

Result<std::unique_ptr<KafkaOutlet>> open_kafka_outlet(const Config& config, const Environment&,
                                                       telemetry::Metrics&) {
    if (config.kafka.brokers.empty()) {
        return nullptr;
    }
    return failure(Errc::unsupported, find_absent_backend(config));
}

}  // namespace slipway::daemon
