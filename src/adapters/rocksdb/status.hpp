// Translates the engine's answers into ours: the one place that knows RocksDB's codes.
#pragma once

#include <rocksdb/status.h>

#include <string_view>

#include "base/result.hpp"

namespace slipway::adapters::rocksdb {

// `status` is not ok. Every answer that is not known here is unavailable: nothing is claimed about
// the data.
Error translate(std::string_view operation, const ::rocksdb::Status& status);

}  // namespace slipway::adapters::rocksdb
