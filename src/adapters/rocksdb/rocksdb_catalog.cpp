#include "adapters/rocksdb/rocksdb_catalog.hpp"

#include <sysexits.h>
#include <unistd.h>

#include <utility>

#include "adapters/rocksdb/changes.hpp"
#include "adapters/rocksdb/load.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::rocksdb {
namespace {

void end_process(const Error& error) {
    telemetry::log(telemetry::Level::error, "catalog_commit_failed", {{"detail", error.detail}});
    ::_exit(EX_SOFTWARE);
}

template <class Record>
Result<Record> present(Result<std::optional<Record>> found, std::string_view what) {
    if (!found) {
        return std::unexpected(std::move(found.error()));
    }
    if (!found->has_value()) {
        return failure(Errc::not_found, "no such " + std::string(what));
    }
    return std::move(**found);
}

// A page of the records that an index names under `prefix`, as they all were at one moment.
template <class Record, class Load>
Result<ports::Page<Record>> read_page(const Database& database, Table index,
                                      const std::string& prefix, ports::PageRequest request,
                                      Load load_record) {
    ports::Page<Record> page;
    if (request.limit == 0) {
        return page;
    }
    const Snapshot snapshot(database);
    const KeyRange range{request.after ? prefix + id_key(*request.after) : prefix,
                         end_of_ids(prefix)};
    bool more = false;
    const auto visit = [&](std::string_view key, std::string_view) -> Result<bool> {
        const auto id = id_of_key(key);
        if (key.size() != prefix.size() + UploadId::kSize || !id) {
            return failure(Errc::corrupted, "an index key is malformed");
        }
        if (id == request.after) {
            return true;
        }
        if (page.items.size() == request.limit) {
            more = true;
            return false;
        }
        Result<std::optional<Record>> record = load_record(snapshot, *id);
        if (!record) {
            return failure(record.error().code, id->to_string() + ": " + record.error().detail);
        }
        if (!record->has_value()) {
            return failure(Errc::corrupted, id->to_string() + ": indexed, but not there");
        }
        page.items.push_back(std::move(**record));
        return true;
    };
    if (const auto scanned = snapshot.scan(index, range, visit); !scanned) {
        return std::unexpected(scanned.error());
    }
    if (more) {
        page.next = page.items.back().id;
    }
    return page;
}

Result<std::vector<core::Part>> read_parts(const Database& database, UploadId id) {
    std::vector<core::Part> parts;
    const auto visit = [&](std::string_view key, std::string_view value) -> Result<bool> {
        const auto number = part_number_of_key(key);
        if (!number) {
            return failure(Errc::corrupted, "a part's key is malformed");
        }
        auto part = decode_part(PartKey{key, *number}, value);
        if (!part) {
            return std::unexpected(std::move(part.error()));
        }
        parts.push_back(std::move(*part));
        return true;
    };
    const auto scanned =
        Snapshot(database).scan(Table::parts, {id_key(id), end_of_parts(id)}, visit);
    if (!scanned) {
        return std::unexpected(scanned.error());
    }
    return parts;
}

// Runs `read(const Database&) -> Result<T>` in the pool. The catalog may be gone by the time it
// completes.
template <class T, class Read>
Task<Result<T>> scan(const GroupWriter& writer, runtime::BlockingPool& pool,
                     std::shared_ptr<Database> database, Read read) {
    if (auto running = writer.check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    auto work = [database = std::move(database), read = std::move(read)]() mutable {
        // Let go before the caller is answered: who has every answer may open the directory anew.
        const auto held = std::move(database);
        return read(*held);
    };
    co_return co_await pool.run(std::move(work));
}

}  // namespace

Result<std::unique_ptr<RocksDbCatalog>> RocksDbCatalog::open(const std::filesystem::path& directory,
                                                             runtime::BlockingPool& pool,
                                                             const ports::Clock& clock,
                                                             RocksDbCatalogOptions options) {
    auto database = Database::open(directory, options.env);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    if (!options.writer.on_fatal) {
        options.writer.on_fatal = end_process;
    }
    return std::make_unique<RocksDbCatalog>(std::move(*database), pool, clock,
                                            std::move(options.writer));
}

RocksDbCatalog::RocksDbCatalog(std::shared_ptr<Database> database, runtime::BlockingPool& pool,
                               const ports::Clock& clock, GroupWriterOptions options)
    : database_(std::move(database)), pool_(pool), writer_(database_, clock, std::move(options)) {}

Task<Result<>> RocksDbCatalog::create_upload(core::Upload upload) {
    auto change = [upload = std::move(upload)](Transaction& changes) {
        return rocksdb::create_upload(changes, upload);
    };
    co_return co_await writer_.run<void>(std::move(change));
}

Task<Result<core::Upload>> RocksDbCatalog::find_upload(UploadId id) {
    if (auto running = writer_.check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return present(load_upload(*database_, id), "upload");
}

Task<Result<ports::Page<core::Upload>>> RocksDbCatalog::list_open_uploads(std::string owner,
                                                                          ports::PageRequest page) {
    auto read = [prefix = owner_prefix(owner), page](const Database& database) {
        return read_page<core::Upload>(database, Table::open_uploads_by_owner, prefix, page,
                                       load_upload<Snapshot>);
    };
    co_return co_await scan<ports::Page<core::Upload>>(writer_, pool_, database_, std::move(read));
}

Task<Result<ports::Page<core::Upload>>> RocksDbCatalog::list_uploads(core::UploadState state,
                                                                     ports::PageRequest page) {
    auto read = [prefix = state_prefix(state), page](const Database& database) {
        return read_page<core::Upload>(database, Table::uploads_by_state, prefix, page,
                                       load_upload<Snapshot>);
    };
    co_return co_await scan<ports::Page<core::Upload>>(writer_, pool_, database_, std::move(read));
}

Task<Result<ports::PutPartOutcome>> RocksDbCatalog::put_part(UploadId id, core::Epoch epoch,
                                                             core::Part part) {
    auto change = [id, epoch, part](Transaction& changes) {
        return rocksdb::put_part(changes, id, epoch, part);
    };
    co_return co_await writer_.run<ports::PutPartOutcome>(std::move(change));
}

Task<Result<std::vector<core::Part>>> RocksDbCatalog::list_parts(UploadId id) {
    auto read = [id](const Database& database) { return read_parts(database, id); };
    co_return co_await scan<std::vector<core::Part>>(writer_, pool_, database_, std::move(read));
}

Task<Result<core::Part>> RocksDbCatalog::find_part(UploadId id, PartNumber number) {
    if (auto running = writer_.check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return present(load_part(*database_, id, number), "part");
}

Task<Result<>> RocksDbCatalog::advance_upload(core::Epoch expected, core::Upload next) {
    auto change = [expected, next = std::move(next)](Transaction& changes) {
        return rocksdb::advance_upload(changes, expected, next);
    };
    co_return co_await writer_.run<void>(std::move(change));
}

Task<Result<>> RocksDbCatalog::complete_upload(core::Epoch expected, core::Upload next,
                                               core::File file) {
    auto change = [expected, next = std::move(next), file = std::move(file)](Transaction& changes) {
        return rocksdb::complete_upload(changes, expected, next, file);
    };
    co_return co_await writer_.run<void>(std::move(change));
}

Task<Result<>> RocksDbCatalog::forget_upload(UploadId id) {
    auto change = [id](Transaction& changes) { return rocksdb::forget_upload(changes, id); };
    co_return co_await writer_.run<void>(std::move(change));
}

Task<Result<core::File>> RocksDbCatalog::find_file(UploadId id) {
    if (auto running = writer_.check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return present(load_file(*database_, id), "file");
}

Task<Result<ports::Page<core::File>>> RocksDbCatalog::list_files(std::string owner,
                                                                 ports::PageRequest page) {
    auto read = [prefix = owner_prefix(owner), page](const Database& database) {
        return read_page<core::File>(database, Table::files_by_owner, prefix, page,
                                     load_file<Snapshot>);
    };
    co_return co_await scan<ports::Page<core::File>>(writer_, pool_, database_, std::move(read));
}

Task<Result<>> RocksDbCatalog::remove_file(UploadId id) {
    auto change = [id](Transaction& changes) { return rocksdb::remove_file(changes, id); };
    co_return co_await writer_.run<void>(std::move(change));
}

}  // namespace slipway::adapters::rocksdb
