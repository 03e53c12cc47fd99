// The contract of ports::TaskQueue as a test suite over any adapter, instantiated like the
// catalog's (catalog_contract.hpp). What an adapter promises beyond the contract stands beside it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/catalog_samples.hpp"
#include "contract/race.hpp"
#include "contract/task_samples.hpp"
#include "ports/task_queue.hpp"

namespace slipway::contract {

// A queue with all it needs, empty at first.
class TaskQueueUnderTest {
 public:
    virtual ~TaskQueueUnderTest() = default;
    virtual ports::TaskQueue& queue() = 0;
};

struct TaskQueueAdapter {
    std::string name;
    std::function<std::unique_ptr<TaskQueueUnderTest>()> make;
};

class TaskQueueContract : public testing::TestWithParam<TaskQueueAdapter> {
 protected:
    ports::TaskQueue& queue() { return under_test_->queue(); }

    // Steps that many tests begin with; they fail the test where they fail.
    core::QueuedTask add(const core::NewTask& wanted);
    // Any kind; nothing where none is due.
    std::optional<core::QueuedTask> claim(const std::string& owner, WallTime now = kTaskTime);
    core::QueuedTask add_and_claim(const core::NewTask& wanted, const std::string& owner);
    core::QueuedTask found(TaskId id);
    std::vector<TaskId> listed(core::TaskStatus status);

 private:
    std::unique_ptr<TaskQueueUnderTest> under_test_ = GetParam().make();
};

}  // namespace slipway::contract
