// What Prometheus expects of every process: memory, descriptors, start; and which build it is.
#pragma once

#include <string_view>

#include "telemetry/metrics.hpp"

namespace slipway::telemetry {

// `version` is a literal: it becomes a label.
void register_process_metrics(Metrics& registry, std::string_view version);

}  // namespace slipway::telemetry
