// CompletionTask: completes an upload that nobody waits for: one whose last part was to complete it
// (complete_when_full), or one whose Complete was answered before its digest was worked out.
#pragma once

#include <optional>
#include <string>

#include "engine/task_handler.hpp"
#include "engine/upload_tasks/requested_completion.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

// How a completion by task stands. Of one that failed the upload is still open.
struct Completion {
    bool failed = false;
    std::string reason;  // as Refusal::detail
};

// For an upload that is about to be created: the task exists before it, so that no crash can come
// between the last part and the task.
Task<Result<>> plan_completion(World& world, UploadId id);
// Complete was asked for; it is due as soon as the digest is known. Where that was asked for
// before, or the upload completes by itself, it stays with what was.
Task<Result<>> request_completion(World& world, UploadId id, RequestedCompletion requested);
// What a task that has not ended will ask for. Nothing: there is none.
Task<Result<std::optional<RequestedCompletion>>> find_requested(World& world, UploadId id);
// All parts may be there.
Task<void> wake_completion(World& world, UploadId id);
// Nothing where no task was ever asked to complete it. Of one that failed it is told as long as the
// upload's record is there.
Task<Result<std::optional<Completion>>> completion_of(World& world, core::Upload upload);

class CompletionTask final : public TaskHandler {
 public:
    explicit CompletionTask(World& world) : world_(world) {}
    // Its result: nothing, or why the upload cannot be completed; its record says so too.
    Task<TaskOutcome> run(TaskContext& context) override;
    // Every attempt failed, or ended with its process: the upload's record says so before the task
    // is dead.
    Task<TaskOutcome> give_up(TaskContext& context) override;

 private:
    World& world_;
};

}  // namespace slipway::engine
