#include "engine/task_handler.hpp"

namespace slipway::engine {

Result<> TaskContext::judge(const Result<core::QueuedTask>& answer) {
    if (answer) {
        return {};
    }
    if (answer.error().code == Errc::conflict) {
        lost_ = true;
    }
    return std::unexpected(answer.error());
}

Task<Result<>> TaskContext::checkpoint(std::string bytes) {
    const auto kept = co_await queue_.checkpoint(core::lease_of(task_), std::move(bytes));
    if (auto judged = judge(kept); !judged) {
        co_return judged;
    }
    task_ = *kept;
    if (stopping_.load()) {
        co_return failure(Errc::cancelled, "the workers stop");
    }
    co_return Result<>();
}

Task<Result<>> TaskContext::renew(WallTime now, std::chrono::milliseconds length) {
    // The answer is not kept: a checkpoint that is under way would be taken back by it.
    co_return judge(co_await queue_.heartbeat(core::lease_of(task_), now, length));
}

Task<TaskOutcome> TaskHandler::give_up(TaskContext& context) {
    const std::string& last = context.task().last_error;
    co_return TaskGivenUp{
        {Errc::internal, last.empty() ? "no attempt ended with an answer" : last}};
}

Task<TaskOutcome> run_or_give_up(TaskHandler& handler, TaskContext& context) {
    co_return core::is_last_word(context.task()) ? co_await handler.give_up(context)
                                                 : co_await handler.run(context);
}

}  // namespace slipway::engine
