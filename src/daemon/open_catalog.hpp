// Opens what a node keeps its records in: the embedded database below the data directory, or one
// on a MariaDB server. Catalog, tasks and API keys are in one place.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "daemon/config_loader.hpp"
#include "ports/api_keys.hpp"
#include "ports/catalog.hpp"
#include "ports/clock.hpp"
#include "ports/task_queue.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::daemon {

struct OpenedCatalog {
    std::unique_ptr<ports::Catalog> catalog;
    std::unique_ptr<ports::TaskQueue> tasks;
    std::unique_ptr<ports::ApiKeys> api_keys;
    // Refuses further calls, lets those under way end, closes. Blocks.
    std::function<void()> stop;
    // Calls that wait or are under way.
    std::function<std::size_t()> queue_depth;
};

struct CatalogMeans {
    // They outlive the catalog.
    runtime::BlockingPool& pool;
    const ports::Clock& clock;
    // How many parts are known to come soon.
    std::function<std::size_t()> expected;
    // After each commit of a group, on a thread of the catalog's.
    std::function<void(std::size_t changes, double seconds)> on_commit;
};

// Blocks: for the start of the process. Errors: a message for the operator.
Result<OpenedCatalog> open_catalog(const Config& config, const Environment& environment,
                                   CatalogMeans means);

// Brings the schema of the configured server up to date and says what was done: a line for the
// operator. Blocks.
Result<std::string> migrate_catalog(const Config& config, const Environment& environment);

}  // namespace slipway::daemon
