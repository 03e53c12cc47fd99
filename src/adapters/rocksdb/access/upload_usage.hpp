// How uploads and their parts are counted for their owner, by the transactions that change them.
#pragma once

#include <optional>

#include "adapters/rocksdb/transaction.hpp"
#include "base/result.hpp"
#include "core/quota.hpp"

namespace slipway::adapters::rocksdb {

// Counts a part of an open upload, unless that would exceed the quota: then nothing is changed.
Result<std::optional<core::QuotaExcess>> count_part(Transaction& changes,
                                                    const core::Upload& upload,
                                                    const core::Part& part,
                                                    const core::Quota& standard);
// The upload goes on as `next`, with its parts.
Result<> recount(Transaction& changes, const core::Upload& stored, const core::Upload& next);
// The upload ends: all that it and its parts count is given back, and what became of it is counted
// instead. Nothing is given back of one that has ended.
Result<> give_back(Transaction& changes, const core::Upload& stored, const core::Usage& became);

}  // namespace slipway::adapters::rocksdb
