// Where Kafka is and what goes there, as it is configured: checked without going there; and the
// password, which is no setting.
#pragma once

#include <string>

#include "adapters/kafka/options.hpp"
#include "base/result.hpp"
#include "daemon/config_loader.hpp"

namespace slipway::daemon {

// What contradicts itself: "KEY: REASON"; or empty.
std::string find_kafka_contradiction(const Config& config);

// With the password of SLIPWAY_KAFKA_PASSWORD, or of kafka.password_file, where SASL needs one.
// Precondition: Kafka is used and nothing contradicts itself. invalid: there is no password, or its
// file cannot be read.
Result<adapters::kafka::ClientOptions> kafka_options(const Environment& environment,
                                                     const Config::Kafka& kafka);

}  // namespace slipway::daemon
