// DeadLetters: tasks of any kind that were given up, for an administrator to look at and to have
// tried again.
#pragma once

#include <cstddef>

#include "engine/world.hpp"

namespace slipway::engine {

class DeadLetters {
 public:
    explicit DeadLetters(World& world) : world_(world) {}

    // In the order in which they were given up.
    Task<Result<ports::TaskPage>> list(ports::TaskPageRequest page);
    // With all its attempts, at once. not_found: there is no such dead task. conflict: another task
    // does its work already.
    Task<Result<>> retry(TaskId id);
    // All that are dead now, and says how many there were; those whose work another task does
    // already stay.
    Task<Result<std::size_t>> retry_all();

 private:
    World& world_;
};

}  // namespace slipway::engine
