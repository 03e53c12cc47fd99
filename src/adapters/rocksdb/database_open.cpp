// Opening: what stands in the directory is looked at before the engine may change anything in it.
#include <fcntl.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ranges>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "adapters/rocksdb/catalog_format.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/status.hpp"
#include "adapters/rocksdb/wal_check.hpp"
#include "base/file_descriptor.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::rocksdb {
namespace {

namespace fs = std::filesystem;
using ::rocksdb::ColumnFamilyDescriptor;
using ::rocksdb::ColumnFamilyOptions;
using ::rocksdb::WALRecoveryMode;

constexpr std::size_t kWriteBuffer = std::size_t{32} << 20U;
constexpr std::size_t kAllWriteBuffers = std::size_t{64} << 20U;
constexpr std::size_t kBlockCache = std::size_t{64} << 20U;
// Bounds the replay at start to about three seconds.
constexpr std::uint64_t kMaxLogBytes = std::uint64_t{256} << 20U;
// What opening writes besides the replayed log: options, manifest, an information log.
constexpr std::uint64_t kRoomToOpen = std::uint64_t{256} << 10U;

::rocksdb::DBOptions engine_options(::rocksdb::Env* env) {
    ::rocksdb::DBOptions options;
    if (env != nullptr) {
        options.env = env;
    }
    options.paranoid_checks = true;
    // A bad record is refused. Point-in-time recovery would drop it and everything acknowledged
    // after it, silently. Recycling of logs stays off: RocksDB 7 allows it only in the mode that
    // skips corrupted records.
    options.wal_recovery_mode = WALRecoveryMode::kTolerateCorruptedTailRecords;
    options.recycle_log_file_num = 0;
    options.track_and_verify_wals_in_manifest = true;
    options.max_total_wal_size = kMaxLogBytes;
    options.db_write_buffer_size = kAllWriteBuffers;
    options.max_open_files = 512;
    options.max_background_jobs = 2;
    options.info_log_level = ::rocksdb::WARN_LEVEL;
    options.keep_log_file_num = 4;
    options.max_log_file_size = std::size_t{4} << 20U;
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    return options;
}

ColumnFamilyOptions table_options(Table table, const std::shared_ptr<::rocksdb::Cache>& cache) {
    ::rocksdb::BlockBasedTableOptions blocks;
    blocks.block_cache = cache;
    blocks.cache_index_and_filter_blocks = true;
    // A new part is looked up before it is written: the filter answers without reading.
    blocks.filter_policy.reset(::rocksdb::NewBloomFilterPolicy(10));
    blocks.format_version = 5;
    ColumnFamilyOptions options;
    options.table_factory.reset(::rocksdb::NewBlockBasedTableFactory(blocks));
    options.write_buffer_size = kWriteBuffer;
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.02;
    options.level_compaction_dynamic_level_bytes = true;
    // Digests do not compress; names and metadata do.
    const auto supported = ::rocksdb::GetSupportedCompressions();
    const bool has_lz4 = std::ranges::count(supported, ::rocksdb::kLZ4Compression) > 0;
    options.compression =
        has_lz4 && table != Table::parts ? ::rocksdb::kLZ4Compression : ::rocksdb::kNoCompression;
    return options;
}

std::vector<ColumnFamilyDescriptor> all_tables() {
    const auto cache = ::rocksdb::NewLRUCache(kBlockCache);
    std::vector<ColumnFamilyDescriptor> out;
    for (std::size_t i = 0; i < kTableNames.size(); ++i) {
        out.emplace_back(std::string(kTableNames[i]), table_options(static_cast<Table>(i), cache));
    }
    // The engine insists on a table of this name; it stays empty.
    out.emplace_back(::rocksdb::kDefaultColumnFamilyName, ColumnFamilyOptions());
    return out;
}

// What an interrupted creation leaves, and nothing that could hold a record: the engine would
// delete foreign tables and logs when it creates a database.
bool is_scrap_of_creation(std::string_view name) {
    return name == "LOCK" || name == "IDENTITY" || name.starts_with("LOG") ||
           name == "MANIFEST-000001" || name.ends_with(".dbtmp");
}

Result<> sync_parent(const fs::path& directory) {
    const auto parent = fs::absolute(directory).lexically_normal().parent_path();
    const FileDescriptor fd(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) {
        return std::unexpected(errno_error("fsync " + parent.string(), errno));
    }
    return {};
}

enum class Found { nothing, database };

Result<Found> look_at(const fs::path& directory) {
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        return std::unexpected(errno_error("mkdir " + directory.string(), errno));
    }
    std::error_code error;
    if (fs::exists(directory / "CURRENT", error)) {
        return Found::database;
    }
    for (fs::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        if (!is_scrap_of_creation(at->path().filename().native())) {
            return not_ours(directory);
        }
    }
    if (error) {
        return std::unexpected(errno_error("list " + directory.string(), error.value()));
    }
    if (auto synced = sync_parent(directory); !synced) {
        return std::unexpected(std::move(synced.error()));
    }
    return Found::nothing;
}

// The replay at start writes the log anew as tables. Debian's RocksDB meets a full disk there with
// an assertion, which ends the process without a reason that a person could read.
Result<> check_room(const fs::path& directory) {
    std::uint64_t needed = kRoomToOpen;
    std::error_code error;
    for (fs::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
        if (at->path().extension() == ".log") {
            needed += at->file_size(error);
        }
    }
    struct statvfs room{};
    if (error || ::statvfs(directory.c_str(), &room) != 0) {
        return std::unexpected(
            errno_error("look at " + directory.string(), error ? error.value() : errno));
    }
    const std::uint64_t free = std::uint64_t{room.f_bavail} * room.f_frsize;
    if (free >= needed) {
        return {};
    }
    return failure(Errc::storage_full, "to open " + directory.string() + " takes " +
                                           std::to_string(needed) + " bytes of room, and " +
                                           std::to_string(free) + " are left");
}

// A power cut may tear the last write, which nobody was told of, in the middle: that is no damage.
template <class Open>
::rocksdb::Status open_with_torn_log(::rocksdb::DBOptions options, const fs::path& directory,
                                     Open open) {
    const auto status = open(options);
    if (!status.IsCorruption()) {
        return status;
    }
    const auto logs = inspect_logs(directory);
    if (!logs || *logs != LogEnd::torn) {
        return status;
    }
    telemetry::log(telemetry::Level::warn, "catalog_log_torn",
                   {{"path", directory.native()}, {"engine", status.ToString()}});
    options.wal_recovery_mode = WALRecoveryMode::kPointInTimeRecovery;
    return open(options);
}

bool has_tables_of(unsigned version, const std::set<std::string>& names) {
    return std::ranges::all_of(kTableNames | std::views::take(kTablesOfVersion[version - 1]),
                               [&names](auto name) { return names.contains(std::string(name)); });
}

// For tables that are not exactly ours: reads the version without changing a byte, and says whether
// this is an older version or an interrupted creation, which may go on, or something to leave
// alone.
Result<> check_other_tables(const fs::path& directory, const std::set<std::string>& names,
                            ::rocksdb::Env* env) {
    std::vector<ColumnFamilyDescriptor> tables;
    for (const auto& name : names) {
        tables.emplace_back(name, ColumnFamilyOptions());
    }
    std::vector<::rocksdb::ColumnFamilyHandle*> handles;
    ::rocksdb::DB* opened = nullptr;
    const auto status = open_with_torn_log(
        engine_options(env), directory, [&](const ::rocksdb::DBOptions& options) {
            return ::rocksdb::DB::OpenForReadOnly(options, directory.string(), tables, &handles,
                                                  &opened);
        });
    if (!status.ok()) {
        return std::unexpected(translate("open " + directory.string(), status));
    }
    const Database database(std::unique_ptr<::rocksdb::DB>(opened), handles);
    const auto meta =
        std::ranges::find(handles, kTableNames[0], &::rocksdb::ColumnFamilyHandle::GetName);
    const bool ours_only = std::ranges::all_of(names, [](const std::string& name) {
        return name == ::rocksdb::kDefaultColumnFamilyName ||
               std::ranges::count(kTableNames, name) > 0;
    });
    std::string format;
    if (meta != handles.end() && opened->Get({}, *meta, kFormatKey, &format).ok()) {
        const auto version = readable_version(format, directory);
        if (!version) {
            return std::unexpected(version.error());
        }
        if (ours_only && *version < kFormatVersion && has_tables_of(*version, names)) {
            return {};
        }
        return failure(Errc::corrupted, directory.string() + " has not the tables of its version");
    }
    return ours_only && database.is_empty() ? Result<>() : not_ours(directory);
}

Result<> check_tables(const fs::path& directory, ::rocksdb::Env* env) {
    std::vector<std::string> names;
    const auto status =
        ::rocksdb::DB::ListColumnFamilies(engine_options(env), directory.string(), &names);
    if (!status.ok()) {
        return std::unexpected(translate("list tables of " + directory.string(), status));
    }
    const std::set<std::string> present(names.begin(), names.end());
    std::set<std::string> expected(kTableNames.begin(), kTableNames.end());
    expected.insert(::rocksdb::kDefaultColumnFamilyName);
    return present == expected ? Result<>() : check_other_tables(directory, present, env);
}

::rocksdb::Status open_engine(const ::rocksdb::DBOptions& options, const fs::path& directory,
                              std::shared_ptr<Database>& out) {
    std::vector<::rocksdb::ColumnFamilyHandle*> handles;
    ::rocksdb::DB* opened = nullptr;
    auto status = ::rocksdb::DB::Open(options, directory.string(), all_tables(), &handles, &opened);
    if (status.ok()) {
        out =
            std::make_shared<Database>(std::unique_ptr<::rocksdb::DB>(opened), std::move(handles));
    }
    return status;
}

Result<std::shared_ptr<Database>> open_or_recover(const fs::path& directory, Found found,
                                                  ::rocksdb::Env* env) {
    auto options = engine_options(env);
    options.create_if_missing = found == Found::nothing;
    options.create_missing_column_families = true;
    std::shared_ptr<Database> database;
    const auto status = open_with_torn_log(
        options, directory,
        [&](const ::rocksdb::DBOptions& with) { return open_engine(with, directory, database); });
    if (!status.ok()) {
        return std::unexpected(translate("open " + directory.string(), status));
    }
    return database;
}

}  // namespace

Result<std::shared_ptr<Database>> Database::open(const fs::path& directory, ::rocksdb::Env* env) {
    const auto found = look_at(directory);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (*found == Found::database) {
        if (auto checked = check_tables(directory, env); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
    }
    if (auto room = check_room(directory); !room) {
        return std::unexpected(std::move(room.error()));
    }
    auto database = open_or_recover(directory, *found, env);
    if (!database) {
        return database;
    }
    if (auto ready = ensure_format(**database, directory); !ready) {
        return std::unexpected(std::move(ready.error()));
    }
    return database;
}

}  // namespace slipway::adapters::rocksdb
