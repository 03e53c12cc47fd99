// The contract of ports::ApiKeys over both embedded adapters.
#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_api_keys.hpp"
#include "adapters/rocksdb/access/rocksdb_api_keys.hpp"
#include "contract/api_keys_contract.hpp"
#include "contract/temp_directory.hpp"

namespace slipway::contract {
namespace {

class MemoryUnderTest final : public ApiKeysUnderTest {
 public:
    ports::ApiKeys& keys() override { return keys_; }

 private:
    adapters::memory::MemoryApiKeys keys_;
};

class RocksDbUnderTest final : public ApiKeysUnderTest {
 public:
    RocksDbUnderTest() { restart(); }
    ports::ApiKeys& keys() override { return *keys_; }
    void restart() override {
        keys_.reset();
        auto opened =
            adapters::rocksdb::EmbeddedDatabase::open(directory_.path() / "catalog", pool_, clock_);
        EXPECT_TRUE(succeeds(opened));
        keys_ = std::make_unique<adapters::rocksdb::RocksDbApiKeys>(std::move(*opened));
    }

 private:
    TempDirectory directory_;
    adapters::memory::ManualClock clock_;
    runtime::BlockingPool pool_{2};
    std::unique_ptr<adapters::rocksdb::RocksDbApiKeys> keys_;
};

template <class UnderTest>
ApiKeysAdapter adapter(std::string name) {
    return {.name = std::move(name), .make = [] { return std::make_unique<UnderTest>(); }};
}

INSTANTIATE_TEST_SUITE_P(Adapters, ApiKeysContract,
                         testing::Values(adapter<MemoryUnderTest>("memory"),
                                         adapter<RocksDbUnderTest>("rocksdb")),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace slipway::contract
