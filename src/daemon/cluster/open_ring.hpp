// The ring of the keys that sign URLs, opened: the cluster's, where this server was given its
// secret, else one of its own in its data directory.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "daemon/config_loader.hpp"
#include "engine/access/ring_keeper.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"
#include "ports/shared_state.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::daemon {

struct OpenedRing {
    std::shared_ptr<engine::SigningKeyRing> ring;
    std::unique_ptr<engine::RingKeeper> keeper;
    // Brings the ring up to date with what other servers have changed.
    std::function<Task<Result<>>()> reload;
};

// They outlive what is opened.
struct RingMeans {
    runtime::BlockingPool& pool;
    const ports::Clock& clock;
    ports::Random& random;
    ports::SharedState* shared = nullptr;  // nothing where this server is alone
};

// `directory` is that of this server's keys. Blocks: for the start of the process. Errors: a
// message for the operator.
Result<OpenedRing> open_ring(const Config& config, const Environment& environment,
                             std::filesystem::path directory, RingMeans means);

}  // namespace slipway::daemon
