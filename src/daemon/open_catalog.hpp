// Opens what a node keeps its records in: the embedded database below the data directory, or one
// on a MariaDB server. Catalog, tasks and API keys are in one place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/config_loader.hpp"
#include "engine/world.hpp"
#include "ports/api_keys.hpp"
#include "ports/catalog.hpp"
#include "ports/clock.hpp"
#include "ports/part_loans.hpp"
#include "ports/shared_state.hpp"
#include "ports/task_queue.hpp"
#include "runtime/blocking_pool.hpp"

namespace slipway::daemon {

struct OpenedCatalog {
    std::unique_ptr<ports::Catalog> catalog;
    // Where there is a cache: what reads it first (engine::World::recent).
    std::unique_ptr<ports::Catalog> recent;
    // Of the catalog; nothing where it lends no parts.
    ports::PartLoans* loans = nullptr;
    // Where Redis acknowledges parts.
    struct Behind {
        // From now on it does.
        std::function<void(engine::World&)> attach;
        // Writes them down until it is stopped.
        std::function<Task<void>()> run;
        std::function<void()> stop;
    };
    std::optional<Behind> behind;
    std::unique_ptr<ports::TaskQueue> tasks;
    std::unique_ptr<ports::ApiKeys> api_keys;
    // What several nodes agree on; nothing where the records are this process's alone.
    std::unique_ptr<ports::SharedState> shared;
    // Lets only the holder of this lease take events out, where others could do so too.
    std::function<void(std::string lease, std::function<std::optional<std::uint64_t>()> token)>
        fence_events = [](auto&&...) {};
    // Brings the count of waiting events up to date with what others have done.
    std::function<Task<Result<>>()> count_waiting_events;
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
