// The contract of ports::Catalog as a test suite over any adapter. An adapter's own program
// instantiates it:
//     INSTANTIATE_TEST_SUITE_P(Memory, CatalogContract, testing::Values(CatalogAdapter{…}));
// What an adapter promises beyond the contract (files, processes, settings) stands in that program.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ports/catalog.hpp"
#include "runtime/run_blocking.hpp"

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

inline constexpr std::array kAllStates = {core::UploadState::open, core::UploadState::completing,
                                          core::UploadState::complete, core::UploadState::aborted,
                                          core::UploadState::expired};

// Ids that sort like their numbers; records with every member set, different for each number.
UploadId id_of(std::uint64_t number);
core::Upload upload_of(std::uint64_t number, std::string owner = "alice");
core::Part part_of(std::uint32_t number, std::uint8_t content = 1);
core::File file_of(const core::Upload& upload);
// The upload one step on.
core::Upload advanced(core::Upload upload, core::UploadState state);

// Runs one call of a catalog to its end on the calling thread.
template <class T>
T run(Task<T> task) {
    return runtime::run_blocking(std::move(task));
}

template <class Record>
std::vector<UploadId> ids_of(const std::vector<Record>& records) {
    std::vector<UploadId> ids;
    for (const auto& record : records) {
        ids.push_back(record.id);
    }
    return ids;
}

template <class T>
testing::AssertionResult fails_with(const Result<T>& result, Errc code) {
    if (result) {
        return testing::AssertionFailure() << "succeeded";
    }
    return testing::AssertionResult(result.error().code == code)
           << to_string(result.error().code) << ": " << result.error().detail;
}

template <class T>
testing::AssertionResult succeeds(const Result<T>& result) {
    return result ? testing::AssertionSuccess()
                  : testing::AssertionFailure()
                        << to_string(result.error().code) << ": " << result.error().detail;
}

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
