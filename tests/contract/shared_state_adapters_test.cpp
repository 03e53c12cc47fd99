// The contract of ports::SharedState over the adapter for tests.
#include "adapters/memory/memory_shared_state.hpp"
#include "adapters/system/system_clock.hpp"
#include "contract/shared_state_contract.hpp"

namespace slipway::contract {
namespace {

std::unique_ptr<ports::SharedState> make() {
    static const adapters::system::SystemClock clock;
    return std::make_unique<adapters::memory::MemorySharedState>(clock);
}

INSTANTIATE_TEST_SUITE_P(Adapters, SharedStateContract,
                         testing::Values(SharedStateAdapter{.name = "memory", .make = make}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace slipway::contract
