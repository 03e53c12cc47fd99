// Where Kafka is and what goes there, as it is configured: checked without going there.
#pragma once

#include <string>

#include "daemon/config.hpp"

namespace slipway::daemon {

// What contradicts itself: "KEY: REASON"; or empty.
std::string find_kafka_contradiction(const Config& config);

}  // namespace slipway::daemon
