// The contract of ports::Catalog as a test suite over any adapter. An adapter's own program
// instantiates it:
//     INSTANTIATE_TEST_SUITE_P(Memory, CatalogContract, testing::Values(CatalogAdapter{…}));
// What an adapter promises beyond the contract (files, processes, settings) stands in that program.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/catalog_samples.hpp"
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

// A loop for one thread of a race. It outlives the catalog, whose threads may still be on their way
// out of it when the last answer has come.
class ThreadLoop {
 public:
    template <class T>
    T run(Task<T> task) {
        std::optional<T> result;
        boost::asio::co_spawn(
            loop_, std::move(task),
            [&result](const std::exception_ptr&, T value) { result.emplace(std::move(value)); });
        loop_.restart();
        loop_.run();
        return std::move(*result);
    }

 private:
    boost::asio::io_context loop_{1};
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
    // Runs `work(index, loop)` on so many threads, all at once, and waits for them.
    void race(unsigned threads, const std::function<void(unsigned, ThreadLoop&)>& work);

 private:
    std::vector<std::unique_ptr<ThreadLoop>> loops_;
    std::unique_ptr<CatalogUnderTest> under_test_ = GetParam().make();
};

}  // namespace slipway::contract
