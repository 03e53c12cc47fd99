// The gauges of a node: what /metrics says of its memory, queues and tasks when it is asked.
#pragma once

#include "daemon/background.hpp"
#include "daemon/open_catalog.hpp"
#include "ports/clock.hpp"
#include "runtime/blocking_pool.hpp"
#include "runtime/buffer_pool.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

// They outlive whoever asks the metrics.
struct GaugeSources {
    const runtime::BufferPool& buffers;
    const runtime::BlockingPool& blocking;
    const OpenedCatalog& records;
    const Background& background;
    const ports::Clock& clock;
};

void register_gauges(telemetry::Metrics& metrics, GaugeSources from);

}  // namespace slipway::daemon
