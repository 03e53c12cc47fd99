// Servers of which Redis acknowledges parts, over one Redis and one MariaDB, with stores that are a
// list of parts.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "adapters/mariadb/mariadb_catalog.hpp"
#include "adapters/redis/behind/part_writer.hpp"
#include "adapters/redis/behind/write_behind_catalog.hpp"
#include "contract/catalog_samples.hpp"
#include "redis/real_redis.hpp"

namespace slipway::redis_tests {

// Loans do not end while a test runs, unless it says so.
inline constexpr adapters::redis::LoanOptions kLongLoans = {.length = std::chrono::hours(1),
                                                            .margin = std::chrono::hours(1)};

// What lies in the stores, whoever was told of it.
class BehindStores {
 public:
    void put(UploadId id, core::Part part) {
        const std::scoped_lock lock(mutex_);
        parts_[id].insert_or_assign(part.number, std::move(part));
    }
    Task<Result<std::vector<core::Part>>> rebuild(UploadId id, std::vector<core::Part> recorded) {
        std::vector<core::Part> found;
        const std::scoped_lock lock(mutex_);
        ++rebuilt;
        for (const auto& [number, part] : parts_[id]) {
            const auto is_it = [&](const core::Part& one) { return one.number == number; };
            if (std::ranges::none_of(recorded, is_it)) {
                found.push_back(part);
            }
        }
        co_return found;
    }
    int rebuilt = 0;

 private:
    std::mutex mutex_;
    std::map<UploadId, std::map<PartNumber, core::Part>> parts_;
};

class BehindNode {
 public:
    BehindNode(adapters::redis::RedisOptions options,
               std::shared_ptr<adapters::mariadb::MariaDbCatalog> truth, BehindStores& stores)
        : catalog_in_db(std::move(truth)), client(std::move(options)) {
        keeper.attach({.can_rebuild =
                           [](const core::Upload& upload) {
                               return !upload.complete_when_full &&
                                      upload.plan.sizes == core::PartSizes::fixed;
                           },
                       .rebuild =
                           [&stores](core::Upload upload, std::vector<core::Part> recorded) {
                               return stores.rebuild(upload.id, std::move(recorded));
                           }});
    }

    const std::shared_ptr<adapters::mariadb::MariaDbCatalog> catalog_in_db;
    adapters::redis::RedisClient client;
    adapters::redis::LentParts lent{client};
    adapters::redis::LoanKeeper keeper{
        {.catalog = *catalog_in_db, .loans = *catalog_in_db, .lent = lent}, kLongLoans};
    adapters::redis::PartWriter writer{{.lent = lent, .keeper = keeper, .loans = *catalog_in_db},
                                       {.idle = std::chrono::milliseconds(0)}};
    // The parts of the samples are large.
    adapters::redis::WriteBehindCatalog catalog{catalog_in_db, lent, keeper, [] {}, 1_GiB};
};

}  // namespace slipway::redis_tests
