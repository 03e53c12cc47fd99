// Database: the tables of the catalog in one RocksDB, as reads, consistent scans and durable
// commits of bytes. It knows tables and the format's version, not what records mean, and it does
// not decide who may write: the one writer is group_writer.hpp.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/rocksdb/keys.hpp"
#include "base/result.hpp"

namespace slipway::adapters::rocksdb {

struct KeyRange {
    std::string first;
    std::string end;
};

class Database {
 public:
    // Opens the database in this directory, or creates it where the directory is absent or empty;
    // its parent exists. One of an older version is made one of this version. `env` is the system's
    // when null, and outlives the database. conflict: another process, or another object of this
    // one, has it open. unsupported: another format version, or not a catalog; no record was
    // changed. corrupted: records or logs that were durable are damaged or missing.
    static Result<std::shared_ptr<Database>> open(const std::filesystem::path& directory,
                                                  ::rocksdb::Env* env = nullptr);
    Database(std::unique_ptr<::rocksdb::DB> engine,
             std::vector<::rocksdb::ColumnFamilyHandle*> tables);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // The newest committed value. Thread-safe.
    Result<std::optional<std::string>> get(Table table, std::string_view key) const;
    // Applies the batch and syncs the log. After any error nobody knows what is durable: the caller
    // must not write again.
    Result<> commit(::rocksdb::WriteBatch& batch);
    // No table from this one on, in the order of their handles, has a record that can be read.
    bool is_empty(std::size_t from = 0) const;

    ::rocksdb::ColumnFamilyHandle* handle(Table table) const {
        return tables_[static_cast<std::size_t>(table)];
    }

 private:
    friend class Snapshot;
    std::unique_ptr<::rocksdb::DB> engine_;
    std::vector<::rocksdb::ColumnFamilyHandle*> tables_;
};

// The database as it was at one moment; it stays so while this lives. Used by one thread.
class Snapshot {
 public:
    explicit Snapshot(const Database& database);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    // Says whether to go on. The views are valid during the call.
    using Visit = std::function<Result<bool>(std::string_view key, std::string_view value)>;

    Result<std::optional<std::string>> get(Table table, std::string_view key) const;
    // Visits the records of the range in key order, until a visit says false or fails.
    Result<> scan(Table table, const KeyRange& range, const Visit& visit) const;

 private:
    const Database& database_;
    const ::rocksdb::Snapshot* snapshot_;
};

}  // namespace slipway::adapters::rocksdb
