// Nodes with a cache each, over one Redis and one catalog, for the cache's own tests.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/memory/memory_catalog.hpp"
#include "adapters/redis/cache/cached_catalog.hpp"
#include "contract/catalog_samples.hpp"
#include "redis/real_redis.hpp"
#include "support/failing_ports.hpp"

namespace slipway::redis_tests {

// Entries count at once, and for as long as a test takes.
inline constexpr adapters::redis::CacheOptions kLasting = {.counts = std::chrono::hours(1),
                                                           .settles = std::chrono::milliseconds(0)};

// The catalog behind; every question to it is counted.
struct Truth {
    adapters::memory::MemoryCatalog memory;
    testing::Faults faults;
    std::shared_ptr<ports::Catalog> counted =
        std::make_shared<testing::FailingCatalog>(memory, faults);
    int questions() const { return faults.calls; }
};

class CacheNode {
 public:
    CacheNode(adapters::redis::RedisOptions options, Truth& truth,
              adapters::redis::CacheOptions cache_options = kLasting)
        : client(std::move(options)),
          cache(std::make_shared<adapters::redis::UploadCache>(client, cache_options)),
          catalog(truth.counted, cache, adapters::redis::Reads::cached),
          current(truth.counted, cache, adapters::redis::Reads::current) {}

    std::vector<std::uint32_t> parts_of(UploadId id) {
        std::vector<std::uint32_t> numbers;
        const auto parts = contract::run(catalog.list_parts(id));
        EXPECT_TRUE(contract::succeeds(parts));
        for (const core::Part& part : parts.value_or(std::vector<core::Part>())) {
            numbers.push_back(part.number.value());
        }
        return numbers;
    }
    void put(const core::Upload& upload, std::uint32_t number) {
        const auto put =
            contract::run(catalog.put_part(upload.id, upload.epoch, contract::part_of(number)));
        ASSERT_TRUE(contract::succeeds(put));
        EXPECT_TRUE(std::holds_alternative<ports::PartStored>(*put));
    }
    core::Upload create(std::uint64_t number) {
        auto upload = contract::upload_of(number);
        EXPECT_TRUE(contract::succeeds(contract::run(catalog.create_upload(upload))));
        return upload;
    }
    // What it takes to fill an entry: nobody else has one.
    adapters::redis::UploadCache::Ticket ticket_for(UploadId id) {
        auto look = contract::run(cache->list_parts(id));
        return *std::get<adapters::redis::UploadCache::Miss>(look);
    }
    void fill(adapters::redis::UploadCache::Ticket ticket, const core::Upload& upload,
              std::vector<core::Part> parts) {
        contract::run(fill_with(*cache, std::move(ticket), upload, std::move(parts)));
    }

    adapters::redis::RedisClient client;
    std::shared_ptr<adapters::redis::UploadCache> cache;
    adapters::redis::CachedCatalog catalog;
    adapters::redis::CachedCatalog current;

 private:
    static Task<bool> fill_with(adapters::redis::UploadCache& cache,
                                adapters::redis::UploadCache::Ticket ticket, core::Upload upload,
                                std::vector<core::Part> parts) {
        co_await cache.fill(std::move(ticket), std::move(upload), std::move(parts));
        co_return true;
    }
};

}  // namespace slipway::redis_tests
