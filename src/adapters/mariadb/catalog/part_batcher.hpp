// PartBatcher: parts of many requests become durable by one commit. What comes while a group is
// being committed makes up the next one; a single part waits for nobody.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>

#include "adapters/mariadb/catalog/part_batch.hpp"
#include "adapters/mariadb/client/database.hpp"
#include "runtime/one_shot.hpp"

namespace slipway::adapters::mariadb {

struct PartBatcherOptions {
    // One statement adds the parts of a group (rows.cpp).
    std::size_t most = 512;
    // How many groups are under way at once: while the server flushes one, it reads the next.
    std::size_t groups = 2;
    // After each group, on the database's loop: how many parts it had and how long it took.
    std::function<void(std::size_t parts, double seconds)> on_group = {};
};

class PartBatcher final {
 public:
    // The database outlives it, and is stopped before it goes.
    PartBatcher(Database& database, PartBatcherOptions options);
    PartBatcher(const PartBatcher&) = delete;
    PartBatcher& operator=(const PartBatcher&) = delete;

    // From any loop.
    Task<BatchedOutcome> put(WantedPart wanted);

 private:
    struct Waiting {
        WantedPart wanted;
        runtime::OneShot<BatchedOutcome> answer;
    };

    // On the database's loop, as all below.
    Task<BatchedOutcome> wait_for(WantedPart wanted);
    Task<void> write_groups();
    std::vector<Waiting> take_group();

    Database& database_;
    const PartBatcherOptions options_;
    std::deque<Waiting> queue_;
    std::size_t writing_ = 0;
};

}  // namespace slipway::adapters::mariadb
