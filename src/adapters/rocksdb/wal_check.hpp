// Tells a torn end of RocksDB's log from damage: the engine's own recovery modes either refuse both
// or swallow both. The log's format: github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.hpp"

namespace slipway::adapters::rocksdb {

enum class LogEnd {
    whole,    // every record is good
    torn,     // the last record is not; no record begins after it
    damaged,  // a record begins after a bad one: what was lost had been durable, because each write
              // is synced alone
};

LogEnd inspect_log(std::string_view bytes);

// torn, when only the newest log of the directory is torn and all others are whole. Reads each log
// once.
Result<LogEnd> inspect_logs(const std::filesystem::path& directory);

}  // namespace slipway::adapters::rocksdb
