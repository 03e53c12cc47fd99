#include "daemon/open_catalog.hpp"

#include <filesystem>
#include <string>
#include <utility>

#include "adapters/mariadb/access/mariadb_api_keys.hpp"
#include "adapters/mariadb/mariadb_catalog.hpp"
#include "adapters/mariadb/mariadb_task_queue.hpp"
#include "adapters/mariadb/open_database.hpp"
#include "adapters/rocksdb/access/rocksdb_api_keys.hpp"
#include "adapters/rocksdb/rocksdb_catalog.hpp"
#include "adapters/rocksdb/rocksdb_task_queue.hpp"
#include "daemon/metadata_settings.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

namespace {

namespace mariadb = adapters::mariadb;
namespace rocksdb = adapters::rocksdb;

Result<OpenedCatalog> open_embedded(const Config& config, CatalogMeans means) {
    rocksdb::EmbeddedDatabaseOptions options;
    options.writer.expected = std::move(means.expected);
    options.writer.on_commit = std::move(means.on_commit);
    auto opened =
        rocksdb::EmbeddedDatabase::open(std::filesystem::path(config.storage.data_dir) / "catalog",
                                        means.pool, means.clock, std::move(options));
    if (!opened) {
        return std::unexpected(std::move(opened.error()));
    }
    const std::shared_ptr<rocksdb::EmbeddedDatabase> database = std::move(*opened);
    OpenedCatalog out;
    out.catalog = std::make_unique<rocksdb::RocksDbCatalog>(database);
    out.tasks = std::make_unique<rocksdb::RocksDbTaskQueue>(database);
    out.api_keys = std::make_unique<rocksdb::RocksDbApiKeys>(database);
    out.stop = [database] { database->stop(); };
    out.queue_depth = [database] { return database->queue_depth(); };
    return out;
}

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
    out.catalog = std::move(*catalog);
    out.tasks = std::make_unique<mariadb::MariaDbTaskQueue>(database);
    out.api_keys = std::make_unique<mariadb::MariaDbApiKeys>(database);
    out.stop = [database] { database->stop(); };
    out.queue_depth = [database] { return database->running(); };
    return out;
}

}  // namespace

Result<OpenedCatalog> open_catalog(const Config& config, const Environment& environment,
                                   CatalogMeans means) {
    return config.metadata.kind == kMariaDbMetadata
               ? open_mariadb(config, environment, std::move(means))
               : open_embedded(config, std::move(means));
}

Result<std::string> migrate_catalog(const Config& config, const Environment& environment) {
    if (config.metadata.kind != kMariaDbMetadata) {
        return failure(
            Errc::invalid,
            "metadata.kind: is embedded; its database is brought up to date by the start");
    }
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
