// The queue's contract over the memory adapter.
#include "adapters/memory/memory_task_queue.hpp"
#include "contract/task_queue_contract.hpp"

namespace slipway::contract {
namespace {

class MemoryTaskQueueUnderTest final : public TaskQueueUnderTest {
 public:
    ports::TaskQueue& queue() override { return queue_; }

 private:
    adapters::memory::MemoryTaskQueue queue_;
};

template <class UnderTest>
TaskQueueAdapter adapter(std::string name) {
    return {.name = std::move(name), .make = [] { return std::make_unique<UnderTest>(); }};
}

INSTANTIATE_TEST_SUITE_P(Adapters, TaskQueueContract,
                         testing::Values(adapter<MemoryTaskQueueUnderTest>("memory")),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace slipway::contract
