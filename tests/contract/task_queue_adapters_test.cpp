// The queue's contract over both adapters.
#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_task_queue.hpp"
#include "adapters/rocksdb/rocksdb_task_queue.hpp"
#include "contract/task_queue_contract.hpp"
#include "contract/temp_directory.hpp"

namespace slipway::contract {
namespace {

class MemoryTaskQueueUnderTest final : public TaskQueueUnderTest {
 public:
    ports::TaskQueue& queue() override { return queue_; }

 private:
    adapters::memory::MemoryTaskQueue queue_;
};

class RocksDbTaskQueueUnderTest final : public TaskQueueUnderTest {
 public:
    RocksDbTaskQueueUnderTest() {
        auto opened =
            adapters::rocksdb::EmbeddedDatabase::open(directory_.path() / "catalog", pool_, clock_);
        EXPECT_TRUE(succeeds(opened));
        queue_ = std::make_unique<adapters::rocksdb::RocksDbTaskQueue>(std::move(*opened));
    }
    ports::TaskQueue& queue() override { return *queue_; }

 private:
    TempDirectory directory_;
    adapters::memory::ManualClock clock_;
    runtime::BlockingPool pool_{2};
    std::unique_ptr<adapters::rocksdb::RocksDbTaskQueue> queue_;
};

template <class UnderTest>
TaskQueueAdapter adapter(std::string name) {
    return {.name = std::move(name), .make = [] { return std::make_unique<UnderTest>(); }};
}

INSTANTIATE_TEST_SUITE_P(Adapters, TaskQueueContract,
                         testing::Values(adapter<MemoryTaskQueueUnderTest>("memory"),
                                         adapter<RocksDbTaskQueueUnderTest>("rocksdb")),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace slipway::contract
