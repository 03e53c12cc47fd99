#include "daemon/open_mariadb.hpp"

#include <utility>

#include "adapters/mariadb/access/mariadb_api_keys.hpp"
#include "adapters/mariadb/cluster/mariadb_shared_state.hpp"
#include "adapters/mariadb/mariadb_catalog.hpp"
#include "adapters/mariadb/mariadb_task_queue.hpp"
#include "adapters/mariadb/open_database.hpp"
#include "daemon/metadata_settings.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace {

namespace mariadb = adapters::mariadb;

std::unexpected<Error> of_metadata(const Error& error) {
    return failure(error.code, "metadata: " + error.detail);
}

Result<mariadb::OpenedDatabase> open_server(const Config& config, const Environment& environment) {
    auto address = load_server_address(environment, config.metadata);
    if (!address) {
        return std::unexpected(std::move(address.error()));
    }
    mariadb::DatabaseOptions options;
    options.pool.address = std::move(*address);
    options.pool.connections = config.metadata.connections;
    auto opened = mariadb::open_database(std::move(options));
    if (!opened) {
        return of_metadata(opened.error());
    }
    return opened;
}

}  // namespace

Result<OpenedCatalog> open_mariadb(const Config& config, const Environment& environment,
                                   CatalogMeans means) {
    auto opened = open_server(config, environment);
    if (!opened) {
        return std::unexpected(std::move(opened.error()));
    }
    const std::shared_ptr<mariadb::Database> database = std::move(opened->database);
    telemetry::log(telemetry::Level::info, "mariadb_schema",
                   {{"from", std::uint64_t{opened->migrated.from}},
                    {"to", std::uint64_t{opened->migrated.to}}});
    mariadb::PartBatcherOptions groups;
    groups.on_group = std::move(means.on_commit);
    auto catalog = mariadb::MariaDbCatalog::open(database, std::move(groups));
    if (!catalog) {
        return of_metadata(catalog.error());
    }
    OpenedCatalog out;
    out.fence_events = [to = catalog->get()](std::string lease, auto token) {
        to->fence_events({.lease = std::move(lease), .token = std::move(token)});
    };
    out.count_waiting_events = [of = catalog->get()] { return of->count_waiting_events(); };
    out.loans = catalog->get();
    out.catalog = std::move(*catalog);
    out.shared = std::make_unique<mariadb::MariaDbSharedState>(database);
    out.tasks = std::make_unique<mariadb::MariaDbTaskQueue>(database);
    out.api_keys = std::make_unique<mariadb::MariaDbApiKeys>(database);
    out.stop = [database] { database->stop(); };
    out.queue_depth = [database] { return database->running(); };
    return out;
}

Result<std::string> migrate_mariadb(const Config& config, const Environment& environment) {
    const auto opened = open_server(config, environment);
    if (!opened) {
        return std::unexpected(opened.error());
    }
    const auto [from, to] = opened->migrated;
    return from == to ? "the schema is of version " + std::to_string(to) + ", as it was"
                      : "the schema is of version " + std::to_string(to) + "; it was of version " +
                            std::to_string(from);
}

}  // namespace slipway::daemon
