// run_program(): the one event loop of a short-lived program: a main task, a tick, and what to do
// when it is interrupted. A daemon, which drains, has its own wiring.
#pragma once

#include <chrono>
#include <functional>

#include "runtime/task.hpp"

namespace slipway::runtime {

struct ProgramHooks {
    // On SIGINT or SIGTERM, on the loop. The main task is not told: what returns lets it go on.
    std::function<void(int signal)> on_interrupt;
    // Now and then; may be empty.
    std::function<void()> on_tick;
    std::chrono::milliseconds tick{250};
};

// Runs the task to its end on the calling thread; its value. SIGPIPE is ignored from then on.
// Throws what the task throws.
int run_program(Task<int> main, ProgramHooks hooks);

}  // namespace slipway::runtime
