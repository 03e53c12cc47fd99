// Recurring: a task that never ends: it makes one pass after another, with a pause between them.
// Being a task, it is run by one worker at a time, and goes on from its checkpoint after a crash.
#pragma once

#include <chrono>
#include <string_view>

#include "engine/task_handler.hpp"

namespace slipway::engine {

// One look at all that there is to look at. What fails for one item is logged by the pass; an error
// ends the pass, and the next one begins after the pause.
class Pass {
 public:
    virtual ~Pass() = default;
    virtual std::string_view name() const = 0;
    // Returns early when the context says that it must.
    virtual Task<Result<>> run(TaskContext& context) = 0;
};

class Recurring final : public TaskHandler {
 public:
    // The pass outlives it.
    Recurring(Pass& pass, std::chrono::milliseconds pause) : pass_(pass), pause_(pause) {}
    Task<TaskOutcome> run(TaskContext& context) override;

 private:
    Pass& pass_;
    std::chrono::milliseconds pause_;
};

}  // namespace slipway::engine
