#include "engine/dead_letters.hpp"

#include <utility>

#include "telemetry/log.hpp"

namespace slipway::engine {

namespace {

constexpr std::size_t kPage = 500;

}  // namespace

Task<Result<ports::TaskPage>> DeadLetters::list(ports::TaskPageRequest page) {
    co_return co_await world_.tasks.list(core::TaskStatus::dead, page);
}

Task<Result<>> DeadLetters::retry(TaskId id) {
    const auto task = co_await world_.tasks.find(id);
    if (!task) {
        co_return std::unexpected(task.error());
    }
    if (task->status != core::TaskStatus::dead) {
        co_return failure(Errc::not_found, "the task is not dead");
    }
    auto retried = co_await world_.tasks.retry_dead(id, world_.clock.wall());
    if (retried) {
        telemetry::log(telemetry::Level::info, "dead_letter_retried",
                       {{"task_id", id.to_string()}, {"kind", core::to_string(task->kind)}});
        world_.wake_workers();
    }
    co_return retried;
}

Task<Result<std::size_t>> DeadLetters::retry_all() {
    std::size_t retried = 0;
    ports::TaskPageRequest page{.after = std::nullopt, .limit = kPage};
    do {
        auto dead = co_await list(page);
        if (!dead) {
            co_return std::unexpected(dead.error());
        }
        for (const core::QueuedTask& task : dead->items) {
            const auto again = co_await retry(task.id);
            const bool skipped = !again && (again.error().code == Errc::conflict ||
                                            again.error().code == Errc::not_found);
            if (!again && !skipped) {
                co_return std::unexpected(again.error());
            }
            retried += again ? 1U : 0U;
        }
        page.after = dead->next;
    } while (page.after);
    co_return retried;
}

}  // namespace slipway::engine
