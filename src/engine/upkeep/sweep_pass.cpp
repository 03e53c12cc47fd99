#include "engine/upkeep/sweep_pass.hpp"

#include "engine/sweep.hpp"
#include "telemetry/log.hpp"

namespace slipway::engine {

Task<Result<>> SweepPass::run(TaskContext&) {
    const SweepResult swept = co_await Sweep(world_).run();
    if (const auto carried = co_await stuck_.look(); !carried) {
        co_return std::unexpected(carried.error());
    }
    // Dead tasks stay, for somebody to look at.
    const auto forgotten = co_await world_.tasks.forget_finished(
        {.status = core::TaskStatus::done,
         .finished_before = world_.clock.wall() - world_.options.keep_ended});
    if (!forgotten) {
        co_return std::unexpected(forgotten.error());
    }
    if (swept.expired + swept.forgotten + swept.files + *forgotten > 0) {
        telemetry::log(telemetry::Level::info, "swept",
                       {{"expired", std::uint64_t{swept.expired}},
                        {"forgotten", std::uint64_t{swept.forgotten}},
                        {"files_expired", std::uint64_t{swept.files}},
                        {"tasks_forgotten", std::uint64_t{*forgotten}}});
    }
    co_return Result<>();
}

}  // namespace slipway::engine
