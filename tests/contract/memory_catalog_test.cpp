// The catalog's contract over the memory adapter.
#include "adapters/memory/memory_catalog.hpp"
#include "contract/catalog_contract.hpp"

namespace slipway::contract {
namespace {

class MemoryCatalogUnderTest final : public CatalogUnderTest {
 public:
    ports::Catalog& catalog() override { return catalog_; }

 private:
    adapters::memory::MemoryCatalog catalog_;
};

INSTANTIATE_TEST_SUITE_P(Memory, CatalogContract,
                         testing::Values(CatalogAdapter{
                             "memory", [] { return std::make_unique<MemoryCatalogUnderTest>(); }}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace slipway::contract
