// sleep_for(): a pause on the loop of whoever awaits. Cancelling ends it early.
#pragma once

#include <chrono>

#include "runtime/task.hpp"

namespace slipway::runtime {

Task<void> sleep_for(std::chrono::milliseconds delay);

}  // namespace slipway::runtime
