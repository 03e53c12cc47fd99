// TaskQueueMachine: a task queue on a machine that can be restarted, and whose power can be cut
// while writes are under way. In memory, where a restart loses nothing; or in RocksDB.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "ports/clock.hpp"
#include "ports/task_queue.hpp"

namespace slipway::sim {

// What a disk makes of bytes that were written and not synced when the power failed.
enum class Unsynced { lost, kept };

class TaskQueueMachine {
 public:
    virtual ~TaskQueueMachine() = default;
    virtual std::string_view name() const = 0;
    virtual ports::TaskQueue& queue() = 0;
    // The process ends and begins anew; nothing is under way.
    virtual void restart() = 0;
    // After so many more writes and syncs of the log, the power fails. False where there is none.
    virtual bool cut_power_after(std::uint64_t writes) = 0;
    virtual bool has_power() const = 0;
    // As the disk has it after the cut.
    virtual void power_on(Unsynced bytes) = 0;
};

std::unique_ptr<TaskQueueMachine> memory_task_machine();
std::unique_ptr<TaskQueueMachine> rocksdb_task_machine(const ports::Clock& clock);

}  // namespace slipway::sim
