// The format's version: what `format` in the table `meta` says, which versions this program reads,
// and how one of an older version is made one of this (docs/on-disk-format.md, "Opening").
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "adapters/rocksdb/database.hpp"
#include "base/result.hpp"

namespace slipway::adapters::rocksdb {

// The version that `format` names. unsupported: none that this program reads.
Result<unsigned> readable_version(std::string_view format, const std::filesystem::path& directory);

// Writes this version's format into a database that is new, or of an older version and has all
// tables. unsupported: another version, or records without a format. corrupted: records in tables
// that its version had not.
Result<> ensure_format(Database& database, const std::filesystem::path& directory);

// The answer for a directory that holds something else.
std::unexpected<Error> not_ours(const std::filesystem::path& directory);

}  // namespace slipway::adapters::rocksdb
