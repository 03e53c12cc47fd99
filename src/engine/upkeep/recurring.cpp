#include "engine/upkeep/recurring.hpp"

#include "telemetry/log.hpp"

namespace slipway::engine {

Task<TaskOutcome> Recurring::run(TaskContext& context) {
    const auto passed = co_await pass_.run(context);
    if (context.must_stop()) {
        co_return TaskStopped{};
    }
    if (!passed) {
        telemetry::log(telemetry::Level::warn, "pass_failed",
                       {{"pass", pass_.name()},
                        {"error", to_string(passed.error().code)},
                        {"detail", passed.error().detail}});
    }
    co_return TaskSnoozed{pause_};
}

}  // namespace slipway::engine
