// ClusterMember: this server as one of several over the same database: it keeps up with what the
// others change, and may be the one that relays events.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "daemon/cluster/relay_lease.hpp"
#include "daemon/cluster/shared_watch.hpp"
#include "daemon/open_catalog.hpp"
#include "engine/access/key_ring.hpp"
#include "engine/world.hpp"

namespace slipway::daemon {

class ClusterMember {
 public:
    // They outlive it.
    struct Means {
        engine::World& world;
        OpenedCatalog& records;  // shared
        engine::KeyRing& keys;
        std::function<Task<Result<>>()> reload_ring;
        const adapters::consul::ConsulOptions& consul;
        std::string service;  // in Consul
    };
    explicit ClusterMember(Means means);

    // From now on this server takes events out while it has the lease. Before run().
    void relay();
    // Whether it is the one that relays events now. Thread-safe.
    bool is_relay() const { return relay_ && relay_->singleton().token().has_value(); }
    // Which store has taken over, for all servers; empty: none.
    Task<Result<>> keep_active_store(std::string name);

    // Reads everything once: for the start.
    Task<Result<>> look() { return watch_.look(); }
    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop();

 private:
    SharedWatch::Means watch_means();
    Task<Result<>> load_active_store();
    Task<Result<>> count_events();

    Means means_;
    SharedWatch watch_;
    // Nothing where this server relays none.
    std::unique_ptr<RelayLease> relay_;
};

}  // namespace slipway::daemon
