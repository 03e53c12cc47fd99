// OutboxTable: where the outbox begins and ends. Events get positions that rise by one; they are
// removed from the front. Between the ends nothing is missing.
//
// A queue in RocksDB is read where it was just erased: without its beginning, every look would step
// over the remains of all events before.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapters/rocksdb/transaction.hpp"
#include "base/result.hpp"
#include "core/event.hpp"

namespace slipway::adapters::rocksdb {

class OutboxTable {
 public:
    // Of what is stored. Before the first change.
    Result<> find_ends(const Database& database);

    // By the writer's thread only.
    void append(Transaction& changes, const core::Event& event);
    void remove(Transaction& changes, std::uint64_t through);

    // Thread-safe. No event has a smaller position.
    std::uint64_t first() const { return first_.load(); }
    std::size_t waiting() const;

 private:
    std::atomic<std::uint64_t> first_{1};
    std::atomic<std::uint64_t> next_{1};
};

// The events from this position on, so many at most. One that cannot be read is told in the log and
// left out, so that it does not stand in the way of others.
Result<std::vector<core::OutboxEntry>> read_outbox(const Database& database, std::uint64_t first,
                                                   std::size_t limit);

}  // namespace slipway::adapters::rocksdb
