#include "adapters/rocksdb/catalog_format.hpp"

#include <map>
#include <utility>

#include "adapters/rocksdb/access/quota_records.hpp"
#include "adapters/rocksdb/record_form.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::rocksdb {
namespace {

constexpr std::string_view kFormatPrefix = "slipway-catalog ";

std::string format_of_version(unsigned version) {
    return std::string(kFormatPrefix) + std::to_string(version);
}

constexpr unsigned kFirstWithUsage = 3;

Result<> write_format(Database& database, ::rocksdb::WriteBatch batch = ::rocksdb::WriteBatch()) {
    batch.Put(database.handle(Table::meta), kFormatKey, format_of_version(kFormatVersion));
    return database.commit(batch);
}

using OwnersUsage = std::map<std::string, core::Usage>;

// Adds what each record of the table counts for its owner.
template <class Decode>
Result<> count(const Database& database, Table table, OwnersUsage& usage, Decode decode) {
    const auto visit = [&](std::string_view key, std::string_view value) -> Result<bool> {
        const auto id = id_of_key(key);
        const auto record =
            id ? decode(*id, value) : failure(Errc::corrupted, "a key is malformed");
        if (!record) {
            return std::unexpected(record.error());
        }
        core::Usage& owners = usage[record->owner];
        owners = owners + core::usage_of(*record);
        return true;
    };
    return Snapshot(database).scan(table, {"", end_of_ids("")}, visit);
}

// What is there is counted from the records.
Result<> count_usage(const Database& database, ::rocksdb::WriteBatch& batch) {
    OwnersUsage usage;
    if (auto counted = count(database, Table::uploads, usage, decode_upload); !counted) {
        return counted;
    }
    if (auto counted = count(database, Table::files, usage, decode_file); !counted) {
        return counted;
    }
    for (const auto& [owner, used] : usage) {
        if (used != core::Usage()) {
            batch.Put(database.handle(Table::usage), owner, encode_usage(owner, used));
        }
    }
    return {};
}

// The tables are there. `format` is written last: until then the catalog is of the older version.
Result<> upgrade(Database& database, unsigned version, const std::filesystem::path& directory) {
    if (!database.is_empty(kTablesOfVersion[version - 1])) {
        return failure(Errc::corrupted, directory.string() + " has version " +
                                            std::to_string(version) +
                                            " and records of a later one");
    }
    ::rocksdb::WriteBatch batch;
    if (version < kFirstWithUsage) {
        if (auto counted = count_usage(database, batch); !counted) {
            return counted;
        }
    }
    if (auto written = write_format(database, std::move(batch)); !written) {
        return written;
    }
    telemetry::log(telemetry::Level::info, "catalog_upgraded",
                   {{"path", directory.native()},
                    {"from", std::uint64_t{version}},
                    {"version", std::uint64_t{kFormatVersion}}});
    return {};
}

}  // namespace

std::unexpected<Error> not_ours(const std::filesystem::path& directory) {
    return failure(Errc::unsupported,
                   directory.string() + " is not empty and holds no slipway catalog");
}

Result<unsigned> readable_version(std::string_view format, const std::filesystem::path& directory) {
    for (unsigned version = 1; version <= kFormatVersion; ++version) {
        if (format == format_of_version(version)) {
            return version;
        }
    }
    const auto named = format.starts_with(kFormatPrefix) ? format.substr(kFormatPrefix.size()) : "";
    return failure(Errc::unsupported, directory.string() + " has catalog format version " +
                                          (named.empty() ? "unknown" : std::string(named)) +
                                          ", this program reads versions up to " +
                                          std::to_string(kFormatVersion));
}

Result<> ensure_format(Database& database, const std::filesystem::path& directory) {
    const auto format = database.get(Table::meta, kFormatKey);
    if (!format) {
        return std::unexpected(format.error());
    }
    if (!format->has_value()) {
        return database.is_empty() ? write_format(database) : Result<>(not_ours(directory));
    }
    const auto version = readable_version(**format, directory);
    if (!version) {
        return std::unexpected(version.error());
    }
    return *version == kFormatVersion ? Result<>() : upgrade(database, *version, directory);
}

}  // namespace slipway::adapters::rocksdb
