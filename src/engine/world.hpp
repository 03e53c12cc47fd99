// World: what every use case works with. The daemon wires it; tests wire it with memory adapters.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "engine/engine_metrics.hpp"
#include "engine/upload_sessions.hpp"
#include "ports/catalog.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"
#include "ports/store.hpp"
#include "runtime/buffer_pool.hpp"

namespace slipway::engine {

struct EngineOptions {
    std::chrono::seconds default_expiry{std::chrono::hours(24)};
    std::chrono::seconds max_expiry{std::chrono::hours(24 * 30)};
    // How long an ended upload's answer is kept, to be replayed.
    std::chrono::seconds keep_ended{std::chrono::hours(24 * 7)};
    std::size_t max_parts_in_flight = 1024;
};

// Everything in it outlives every use case.
struct World {
    ports::Catalog& catalog;
    ports::Store& store;
    ports::Clock& clock;
    ports::Random& random;
    runtime::BufferPool& buffers;
    UploadSessions& sessions;
    EngineMetrics& metrics;
    EngineOptions options;
};

// What travels with one request through the use cases.
struct RequestContext {
    std::string request_id;
    std::string owner;
};

}  // namespace slipway::engine
