// The contract of ports::Catalog as a test suite over any adapter. An adapter's own program
// instantiates it:
//     INSTANTIATE_TEST_SUITE_P(Memory, CatalogContract, testing::Values(CatalogAdapter{…}));
// What an adapter promises beyond the contract (files, processes, settings) stands in that program.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contract/catalog_samples.hpp"
#include "contract/race.hpp"
#include "ports/catalog.hpp"

namespace slipway::contract {

// A catalog with all it needs, empty at first.
class CatalogUnderTest {
 public:
    virtual ~CatalogUnderTest() = default;
    virtual ports::Catalog& catalog() = 0;
};

struct CatalogAdapter {
    std::string name;
    std::function<std::unique_ptr<CatalogUnderTest>()> make;
};

class CatalogContract : public testing::TestWithParam<CatalogAdapter> {
 protected:
    ports::Catalog& catalog() { return under_test_->catalog(); }

    // Steps that many tests begin with; they fail the test where they fail.
    core::Upload create(std::uint64_t number, std::string owner = "alice");
    core::Upload advance(const core::Upload& upload, core::UploadState state);
    core::File complete(const core::Upload& upload);
    void put(const core::Upload& upload, const core::Part& part);
    // All at once, from one loop.
    void put_all(const core::Upload& upload, const std::vector<core::Part>& parts);

 private:
    std::unique_ptr<CatalogUnderTest> under_test_ = GetParam().make();
};

}  // namespace slipway::contract
