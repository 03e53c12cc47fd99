#include "daemon/open_catalog.hpp"

#include <filesystem>
#include <string>
#include <utility>

#include "adapters/rocksdb/access/rocksdb_api_keys.hpp"
#include "adapters/rocksdb/rocksdb_catalog.hpp"
#include "adapters/rocksdb/rocksdb_task_queue.hpp"
#include "daemon/metadata_settings.hpp"
#include "daemon/open_mariadb.hpp"

namespace slipway::daemon {

namespace {

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
    return migrate_mariadb(config, environment);
}

}  // namespace slipway::daemon
