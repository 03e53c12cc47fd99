#include "adapters/rocksdb/rocksdb_catalog.hpp"

#include <algorithm>
#include <utility>

#include "adapters/rocksdb/access/quota_records.hpp"
#include "adapters/rocksdb/changes.hpp"
#include "adapters/rocksdb/load.hpp"

namespace slipway::adapters::rocksdb {
namespace {

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

Result<std::vector<UploadId>> read_expired(const Database& database, WallTime now,
                                           std::size_t limit) {
    std::vector<UploadId> ids;
    const auto visit = [&](std::string_view key, std::string_view) -> Result<bool> {
        const auto id = id_of_key(key);
        if (!id) {
            return failure(Errc::corrupted, "an index key is malformed");
        }
        if (ids.size() < limit) {
            ids.push_back(*id);
        }
        return ids.size() < limit;
    };
    const auto scanned =
        Snapshot(database).scan(Table::files_by_expiry, {"", end_of_expired(now)}, visit);
    if (!scanned) {
        return std::unexpected(scanned.error());
    }
    return ids;
}

}  // namespace

Result<std::unique_ptr<RocksDbCatalog>> RocksDbCatalog::open(const std::filesystem::path& directory,
                                                             runtime::BlockingPool& pool,
                                                             const ports::Clock& clock,
                                                             EmbeddedDatabaseOptions options) {
    auto database = EmbeddedDatabase::open(directory, pool, clock, std::move(options));
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    return std::make_unique<RocksDbCatalog>(std::move(*database));
}

template <class Change>
Task<Result<>> RocksDbCatalog::write(Change change, std::optional<core::Event> event) {
    auto with_event = [change = std::move(change), event = std::move(event)](
                          Transaction& changes, OutboxTable& outbox) -> Result<> {
        auto changed = change(changes);
        if (changed && event) {
            outbox.append(changes, *event);
        }
        return changed;
    };
    co_return co_await database_->write_with_outbox<void>(std::move(with_event));
}

Task<Result<ports::CreateUploadOutcome>> RocksDbCatalog::create_upload(
    core::Upload upload, core::Quota standard, std::optional<core::Event> event) {
    auto change = [upload = std::move(upload), standard, event = std::move(event)](
                      Transaction& changes, OutboxTable& outbox) {
        auto outcome = rocksdb::create_upload(changes, upload, standard);
        if (outcome && std::holds_alternative<ports::UploadCreated>(*outcome) && event) {
            outbox.append(changes, *event);
        }
        return outcome;
    };
    co_return co_await database_->write_with_outbox<ports::CreateUploadOutcome>(std::move(change));
}

Task<Result<ports::CreateUploadOutcome>> RocksDbCatalog::preview_upload(core::Upload upload,
                                                                        core::Quota standard) {
    if (auto running = database_->check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return judge_upload(database_->database(), upload, standard);
}

Task<Result<core::Usage>> RocksDbCatalog::find_usage(std::string owner) {
    if (auto running = database_->check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return load_usage(database_->database(), owner);
}

Task<Result<std::optional<core::Quota>>> RocksDbCatalog::find_quota(std::string owner) {
    if (auto running = database_->check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return load_quota(database_->database(), owner);
}

Task<Result<>> RocksDbCatalog::set_quota(std::string owner, std::optional<core::Quota> quota) {
    auto change = [owner = std::move(owner), quota](Transaction& changes) {
        return rocksdb::set_quota(changes, owner, quota);
    };
    co_return co_await database_->write<void>(std::move(change));
}

Task<Result<core::Upload>> RocksDbCatalog::find_upload(UploadId id) {
    if (auto running = database_->check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return present(load_upload(database_->database(), id), "upload");
}

Task<Result<ports::Page<core::Upload>>> RocksDbCatalog::list_open_uploads(std::string owner,
                                                                          ports::PageRequest page) {
    auto read = [prefix = owner_prefix(owner), page](const Database& database) {
        return read_page<core::Upload>(database, Table::open_uploads_by_owner, prefix, page,
                                       load_upload<Snapshot>);
    };
    co_return co_await database_->scan<ports::Page<core::Upload>>(std::move(read));
}

Task<Result<ports::Page<core::Upload>>> RocksDbCatalog::list_uploads(core::UploadState state,
                                                                     ports::PageRequest page) {
    auto read = [prefix = state_prefix(state), page](const Database& database) {
        return read_page<core::Upload>(database, Table::uploads_by_state, prefix, page,
                                       load_upload<Snapshot>);
    };
    co_return co_await database_->scan<ports::Page<core::Upload>>(std::move(read));
}

Task<Result<ports::PutPartOutcome>> RocksDbCatalog::put_part(UploadId id, core::Epoch epoch,
                                                             core::Part part, core::Quota standard,
                                                             std::optional<core::Event> event) {
    auto change = [id, epoch, part, standard, event = std::move(event)](Transaction& changes,
                                                                        OutboxTable& outbox) {
        auto outcome = rocksdb::put_part(changes, id, epoch, part, standard);
        if (outcome && std::holds_alternative<ports::PartStored>(*outcome) && event) {
            outbox.append(changes, *event);
        }
        return outcome;
    };
    co_return co_await database_->write_with_outbox<ports::PutPartOutcome>(std::move(change));
}

Task<Result<>> RocksDbCatalog::replace_parts(UploadId id, core::Epoch epoch,
                                             std::vector<core::Part> parts) {
    auto change = [id, epoch, parts = std::move(parts)](Transaction& changes) {
        return rocksdb::replace_parts(changes, id, epoch, parts);
    };
    co_return co_await database_->write<void>(std::move(change));
}

Task<Result<std::vector<core::Part>>> RocksDbCatalog::list_parts(UploadId id) {
    auto read = [id](const Database& database) { return read_parts(database, id); };
    co_return co_await database_->scan<std::vector<core::Part>>(std::move(read));
}

Task<Result<core::Part>> RocksDbCatalog::find_part(UploadId id, PartNumber number) {
    if (auto running = database_->check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return present(load_part(database_->database(), id, number), "part");
}

Task<Result<>> RocksDbCatalog::add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                                          std::vector<core::PartCopy> copies) {
    auto change = [id, epoch, number, copies = std::move(copies)](Transaction& changes) {
        return rocksdb::add_copies(changes, id, epoch, number, copies);
    };
    co_return co_await database_->write<void>(std::move(change));
}

Task<Result<>> RocksDbCatalog::add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                                        core::StagedCopy blob) {
    auto change = [id, epoch, seen, blob = std::move(blob)](Transaction& changes) {
        return rocksdb::add_blob(changes, id, epoch, seen, blob);
    };
    co_return co_await database_->write<void>(std::move(change));
}

Task<Result<>> RocksDbCatalog::advance_upload(core::Epoch expected, core::Upload next,
                                              std::optional<core::Event> event) {
    auto change = [expected, next = std::move(next)](Transaction& changes) {
        return rocksdb::advance_upload(changes, expected, next);
    };
    co_return co_await write(std::move(change), std::move(event));
}

Task<Result<>> RocksDbCatalog::complete_upload(core::Epoch expected, core::Upload next,
                                               core::File file, std::optional<core::Event> event) {
    auto change = [expected, next = std::move(next), file = std::move(file)](Transaction& changes) {
        return rocksdb::complete_upload(changes, expected, next, file);
    };
    co_return co_await write(std::move(change), std::move(event));
}

Task<Result<>> RocksDbCatalog::forget_upload(UploadId id) {
    auto change = [id](Transaction& changes) { return rocksdb::forget_upload(changes, id); };
    co_return co_await database_->write<void>(std::move(change));
}

Task<Result<core::File>> RocksDbCatalog::find_file(UploadId id) {
    if (auto running = database_->check_running(); !running) {
        co_return std::unexpected(std::move(running.error()));
    }
    co_return present(load_file(database_->database(), id), "file");
}

Task<Result<ports::Page<core::File>>> RocksDbCatalog::list_files(std::string owner,
                                                                 ports::PageRequest page) {
    auto read = [prefix = owner_prefix(owner), page](const Database& database) {
        return read_page<core::File>(database, Table::files_by_owner, prefix, page,
                                     load_file<Snapshot>);
    };
    co_return co_await database_->scan<ports::Page<core::File>>(std::move(read));
}

Task<Result<ports::Page<core::File>>> RocksDbCatalog::list_all_files(ports::PageRequest page) {
    auto read = [page](const Database& database) {
        return read_page<core::File>(database, Table::files, "", page, load_file<Snapshot>);
    };
    co_return co_await database_->scan<ports::Page<core::File>>(std::move(read));
}

Task<Result<>> RocksDbCatalog::mark_damaged(UploadId id, WallTime when) {
    auto change = [id, when](Transaction& changes) {
        return rocksdb::mark_damaged(changes, id, when);
    };
    co_return co_await database_->write<void>(std::move(change));
}

Task<Result<>> RocksDbCatalog::set_file_places(UploadId id, core::FilePlaces expected,
                                               core::FilePlaces next,
                                               std::optional<core::Event> event) {
    auto change = [id, expected = std::move(expected),
                   next = std::move(next)](Transaction& changes) {
        return rocksdb::set_file_places(changes, id, expected, next);
    };
    co_return co_await write(std::move(change), std::move(event));
}

Task<Result<>> RocksDbCatalog::remove_file(UploadId id, std::optional<core::Event> event) {
    auto change = [id](Transaction& changes) { return rocksdb::remove_file(changes, id); };
    co_return co_await write(std::move(change), std::move(event));
}

Task<Result<std::vector<core::OutboxEntry>>> RocksDbCatalog::list_events(std::uint64_t after,
                                                                         std::size_t limit) {
    auto read = [limit, first = std::max(after + 1, database_->outbox().first())](
                    const Database& database) { return read_outbox(database, first, limit); };
    co_return co_await database_->scan<std::vector<core::OutboxEntry>>(std::move(read));
}

Task<Result<>> RocksDbCatalog::remove_events(std::uint64_t through) {
    auto change = [through](Transaction& changes, OutboxTable& outbox) -> Result<> {
        outbox.remove(changes, through);
        return {};
    };
    co_return co_await database_->write_with_outbox<void>(std::move(change));
}

Task<Result<ports::CreateFilesOutcome>> RocksDbCatalog::create_files(
    std::vector<ports::NewFile> files, core::Quota standard) {
    auto change = [files = std::move(files), standard](Transaction& changes) {
        return rocksdb::create_files(changes, files, standard);
    };
    co_return co_await database_->write<ports::CreateFilesOutcome>(std::move(change));
}

Task<Result<core::File>> RocksDbCatalog::claim_file(UploadId id, core::FileClaim claim,
                                                    WallTime now) {
    auto change = [id, claim = std::move(claim), now](Transaction& changes) {
        return rocksdb::claim_file(changes, id, claim, now);
    };
    co_return co_await database_->write<core::File>(std::move(change));
}

Task<Result<std::vector<UploadId>>> RocksDbCatalog::list_expired_files(WallTime now,
                                                                       std::size_t limit) {
    auto read = [now, limit](const Database& database) {
        return read_expired(database, now, limit);
    };
    co_return co_await database_->scan<std::vector<UploadId>>(std::move(read));
}

Task<Result<>> RocksDbCatalog::remove_expired_file(UploadId id, WallTime now,
                                                   std::optional<core::Event> event) {
    auto change = [id, now](Transaction& changes) {
        return rocksdb::remove_expired_file(changes, id, now);
    };
    co_return co_await write(std::move(change), std::move(event));
}

}  // namespace slipway::adapters::rocksdb
