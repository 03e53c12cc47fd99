// The Store adapters that need no other process, under the contract.
#include <utility>

#include "adapters/localfs/local_fs_store.hpp"
#include "adapters/memory/memory_store.hpp"
#include "contract/store_contract.hpp"
#include "runtime/blocking_pool.hpp"
#include "support/temp_directory.hpp"
#include "telemetry/log.hpp"

namespace slipway::contract {
namespace {

using adapters::localfs::LocalFsStore;
using adapters::memory::MemoryStore;
using adapters::memory::StoreManner;

class MemoryFixture final : public StoreFixture {
 public:
    explicit MemoryFixture(StoreManner manner) : store_("memory", 1_GiB, manner) {}
    ports::Store& store() override { return store_; }

 private:
    MemoryStore store_;
};

class LocalFsFixture final : public StoreFixture {
 public:
    LocalFsFixture() {
        telemetry::set_log_level(telemetry::Level::error);
        auto opened = LocalFsStore::open(directory_ / "blobs", "local", pool_);
        EXPECT_TRUE(opened) << opened.error().detail;
        store_ = std::move(opened).value();
    }
    ~LocalFsFixture() override { pool_.stop(); }
    ports::Store& store() override { return *store_; }

 private:
    support::TempDirectory directory_{support::Place::memory};
    runtime::BlockingPool pool_{4};
    std::unique_ptr<LocalFsStore> store_;
};

StoreAdapter remote_memory() {
    return {"remote_memory",
            [] { return std::make_unique<MemoryFixture>(StoreManner::like_a_remote_one); }};
}

auto adapters() {
    return testing::Values(
        StoreAdapter{"memory",
                     [] { return std::make_unique<MemoryFixture>(StoreManner::like_a_disk); }},
        remote_memory(),
        StoreAdapter{"localfs", [] { return std::make_unique<LocalFsFixture>(); }});
}

INSTANTIATE_TEST_SUITE_P(Adapters, StoreContract, adapters(), adapter_name);
INSTANTIATE_TEST_SUITE_P(Adapters, StoreDrafts, adapters(), adapter_name);
INSTANTIATE_TEST_SUITE_P(Adapters, StoreParts, adapters(), adapter_name);
INSTANTIATE_TEST_SUITE_P(Adapters, StoreReceipts, testing::Values(remote_memory()), adapter_name);

}  // namespace
}  // namespace slipway::contract
