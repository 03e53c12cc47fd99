#include "adapters/rocksdb/embedded_database.hpp"

#include <sysexits.h>
#include <unistd.h>

#include "telemetry/log.hpp"

namespace slipway::adapters::rocksdb {
namespace {

void end_process(const Error& error) {
    telemetry::log(telemetry::Level::error, "catalog_commit_failed", {{"detail", error.detail}});
    ::_exit(EX_SOFTWARE);
}

}  // namespace

Result<std::shared_ptr<EmbeddedDatabase>> EmbeddedDatabase::open(
    const std::filesystem::path& directory, runtime::BlockingPool& pool, const ports::Clock& clock,
    EmbeddedDatabaseOptions options) {
    auto database = Database::open(directory, options.env);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    TaskTables tasks;
    if (auto counted = tasks.count_stored(**database); !counted) {
        return std::unexpected(std::move(counted.error()));
    }
    auto outbox = std::make_unique<OutboxTable>();
    if (auto found = outbox->find_ends(**database); !found) {
        return std::unexpected(std::move(found.error()));
    }
    if (!options.writer.on_fatal) {
        options.writer.on_fatal = end_process;
    }
    return std::make_shared<EmbeddedDatabase>(std::move(*database), std::move(tasks),
                                              std::move(outbox), pool, clock,
                                              std::move(options.writer));
}

EmbeddedDatabase::EmbeddedDatabase(std::shared_ptr<Database> database, TaskTables tasks,
                                   std::unique_ptr<OutboxTable> outbox, runtime::BlockingPool& pool,
                                   const ports::Clock& clock, GroupWriterOptions options)
    : database_(std::move(database)),
      pool_(pool),
      tasks_(std::move(tasks)),
      outbox_(std::move(outbox)),
      writer_(database_, clock, std::move(options)) {}

}  // namespace slipway::adapters::rocksdb
