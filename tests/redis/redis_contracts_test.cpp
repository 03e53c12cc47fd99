// The catalog's contract over a cache in a real Redis, in front of each catalog.
#include "adapters/mariadb/mariadb_catalog.hpp"
#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_catalog.hpp"
#include "adapters/redis/behind/write_behind_catalog.hpp"
#include "adapters/redis/cache/cached_catalog.hpp"
#include "adapters/rocksdb/rocksdb_catalog.hpp"
#include "catalogs/mariadb_target.hpp"
#include "contract/catalog_contract.hpp"
#include "contract/temp_directory.hpp"
#include "redis/behind_rig.hpp"
#include "redis/real_redis.hpp"

namespace slipway::contract {
namespace {

using namespace adapters::redis;

// One for the whole program; each test empties it.
redis_tests::RealRedis& server() {
    static redis_tests::RealRedis one;
    return one;
}

class Behind {
 public:
    virtual ~Behind() = default;
    virtual std::shared_ptr<ports::Catalog> catalog() = 0;
};

class BehindMemory final : public Behind {
 public:
    std::shared_ptr<ports::Catalog> catalog() override { return catalog_; }

 private:
    std::shared_ptr<ports::Catalog> catalog_ = std::make_shared<adapters::memory::MemoryCatalog>();
};

class BehindRocksDb final : public Behind {
 public:
    std::shared_ptr<ports::Catalog> catalog() override {
        auto opened =
            adapters::rocksdb::RocksDbCatalog::open(directory_.path() / "catalog", pool_, clock_);
        EXPECT_TRUE(succeeds(opened));
        return std::move(*opened);
    }

 private:
    TempDirectory directory_;
    adapters::memory::ManualClock clock_;
    runtime::BlockingPool pool_{2};
};

class BehindMariaDb final : public Behind {
 public:
    std::shared_ptr<ports::Catalog> catalog() override {
        auto opened = adapters::mariadb::MariaDbCatalog::open(catalogs::open_empty());
        EXPECT_TRUE(succeeds(opened));
        return std::move(*opened);
    }
};

template <class Inner>
class CachedCatalogUnderTest final : public CatalogUnderTest {
 public:
    CachedCatalogUnderTest() {
        redis_tests::wait_for_session(client_);
        EXPECT_EQ(server().ask("flushall"), "OK");
    }
    ports::Catalog& catalog() override { return catalog_; }

 private:
    Inner behind_;
    RedisClient client_{server().options()};
    std::shared_ptr<UploadCache> cache_ = std::make_shared<UploadCache>(
        client_,
        CacheOptions{.counts = std::chrono::hours(1), .settles = std::chrono::milliseconds(0)});
    CachedCatalog catalog_{behind_.catalog(), cache_, Reads::cached};
};

// MariaDB, with Redis acknowledging in front of it, and the cache before both.
class AckByRedis final : public CatalogUnderTest {
 public:
    AckByRedis() {
        redis_tests::wait_for_session(node_.client);
        EXPECT_EQ(server().ask("flushall"), "OK");
    }
    ports::Catalog& catalog() override { return catalog_; }

 private:
    redis_tests::BehindStores stores_;
    redis_tests::BehindNode node_{server().options(),
                                  *adapters::mariadb::MariaDbCatalog::open(catalogs::open_empty()),
                                  stores_};
    CachedCatalog catalog_{
        std::shared_ptr<ports::Catalog>(std::shared_ptr<ports::Catalog>(), &node_.catalog),
        std::make_shared<UploadCache>(
            node_.client,
            CacheOptions{.counts = std::chrono::hours(1), .settles = std::chrono::milliseconds(0)}),
        Reads::cached};
};

template <class Inner>
CatalogAdapter before(std::string name) {
    return {.name = std::move(name),
            .make = [] { return std::make_unique<CachedCatalogUnderTest<Inner>>(); }};
}

INSTANTIATE_TEST_SUITE_P(
    Redis, CatalogContract,
    testing::Values(before<BehindMemory>("memory"), before<BehindRocksDb>("rocksdb"),
                    before<BehindMariaDb>("mariadb"),
                    CatalogAdapter{"mariadb_behind",
                                   [] { return std::make_unique<AckByRedis>(); }}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace slipway::contract
