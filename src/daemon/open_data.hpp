// What a node opens before it recovers: stores, records, keys and what it is told by files.
// Whatever is missing or damaged is found here.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "adapters/consul/consul_client.hpp"
#include "daemon/cluster/open_ring.hpp"
#include "daemon/config_loader.hpp"
#include "daemon/key_files.hpp"
#include "daemon/open_catalog.hpp"
#include "daemon/open_store.hpp"
#include "daemon/store_watch.hpp"
#include "daemon/webhook_settings.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

struct OpenedData {
    std::unique_ptr<OpenedStores> stores;
    OpenedCatalog records;
    AdministratorKey administrator;
    OpenedRing signing;
    std::vector<adapters::webhook::Endpoint> endpoints;
    adapters::consul::ConsulOptions consul;
};

// They outlive what is opened.
struct DataMeans {
    runtime::BlockingPool& pool;
    const ports::Clock& clock;
    ports::Random& random;
    telemetry::Metrics& metrics;
    // How many parts are known to come soon.
    std::function<std::size_t()> expected;
};

// Blocks: for the start of the process. Errors: a message for the operator.
Result<OpenedData> open_data(const Config& config, const Environment& environment, DataMeans means);

// The stores as the engine is told of them.
std::vector<engine::StoreUse> uses_of(const OpenedStores& stores);
// How each store that was away at the start is opened, by its name.
StoreOpeners openers_of(const OpenedStores& stores);

}  // namespace slipway::daemon
