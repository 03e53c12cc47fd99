#include "adapters/rocksdb/catalog_format.hpp"

#include "telemetry/log.hpp"

namespace slipway::adapters::rocksdb {
namespace {

constexpr std::string_view kFormatPrefix = "slipway-catalog ";

std::string format_of_version(unsigned version) {
    return std::string(kFormatPrefix) + std::to_string(version);
}

Result<> write_format(Database& database) {
    ::rocksdb::WriteBatch batch;
    batch.Put(database.handle(Table::meta), kFormatKey, format_of_version(kFormatVersion));
    return database.commit(batch);
}

// The tables are there. `format` is written last: until then the catalog is of the older version.
Result<> upgrade(Database& database, unsigned version, const std::filesystem::path& directory) {
    if (!database.is_empty(kTablesOfVersion[version - 1])) {
        return failure(Errc::corrupted, directory.string() + " has version " +
                                            std::to_string(version) +
                                            " and records of a later one");
    }
    if (auto written = write_format(database); !written) {
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
