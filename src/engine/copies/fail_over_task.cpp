#include "engine/copies/fail_over_task.hpp"

#include "engine/copies/copy_requests.hpp"

namespace slipway::engine {

Task<TaskOutcome> FailOverTask::run(TaskContext& context) {
    const FileLook look_at = [this, to = context.task().payload](core::File file,
                                                                 WalkTally& tally) {
        return look(std::move(file), tally, to);
    };
    auto outcome = co_await walk_files(world_, context, look_at);
    if (std::holds_alternative<TaskDone>(outcome)) {
        // What is a copy now has not been compared as one.
        const auto woken =
            co_await world_.tasks.wake(std::string(kScanCopiesKey), world_.clock.wall());
        if (woken) {
            world_.wake_workers();
        }
    }
    co_return outcome;
}

Task<Result<>> FailOverTask::look(core::File file, WalkTally& tally, std::string to) {
    if (file.storage_node == to) {
        ++tally.seen;
        co_return Result<>();
    }
    if (!has_compared_copy(file, to)) {
        ++tally.left;
        co_return Result<>();
    }
    core::FilePlaces next{to, file.copies};
    std::erase_if(next.copies, [&](const auto& copy) { return copy.storage_node == to; });
    next.copies.push_back({.storage_node = file.storage_node});
    const auto moved =
        co_await world_.catalog.set_file_places(file.id, core::places_of(file), std::move(next));
    if (moved) {
        ++tally.seen;
        ++tally.changed;
        co_return Result<>();
    }
    if (moved.error().code == Errc::conflict) {
        // Changed a moment ago: looked at once more.
        const auto again = co_await world_.catalog.find_file(file.id);
        co_return again ? co_await look(*again, tally, to) : Result<>();
    }
    co_return moved.error().code == Errc::not_found ? Result<>() : moved;
}

}  // namespace slipway::engine
