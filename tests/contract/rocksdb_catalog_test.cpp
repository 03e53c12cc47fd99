// The catalog's contract over the RocksDB adapter.
#include <filesystem>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/rocksdb/rocksdb_catalog.hpp"
#include "contract/catalog_contract.hpp"
#include "contract/temp_directory.hpp"

namespace slipway::contract {
namespace {

using adapters::rocksdb::RocksDbCatalog;

class RocksDbCatalogUnderTest final : public CatalogUnderTest {
 public:
    RocksDbCatalogUnderTest() {
        auto opened = RocksDbCatalog::open(directory_.path() / "catalog", pool_, clock_);
        EXPECT_TRUE(succeeds(opened));
        catalog_ = std::move(*opened);
    }
    ports::Catalog& catalog() override { return *catalog_; }

 private:
    TempDirectory directory_;
    adapters::memory::ManualClock clock_;
    runtime::BlockingPool pool_{2};
    std::unique_ptr<RocksDbCatalog> catalog_;
};

INSTANTIATE_TEST_SUITE_P(RocksDb, CatalogContract,
                         testing::Values(CatalogAdapter{
                             "rocksdb",
                             [] { return std::make_unique<RocksDbCatalogUnderTest>(); }}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace slipway::contract
