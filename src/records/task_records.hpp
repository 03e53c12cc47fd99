// The binary form of a task's record (docs/on-disk-format.md, "Catalog"), sealed like the others.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/queued_task.hpp"

namespace slipway::records {

std::string encode_task(const core::QueuedTask& task);
// corrupted: as for the other records (records.hpp).
Result<core::QueuedTask> decode_task(TaskId id, std::string_view record);

}  // namespace slipway::records
