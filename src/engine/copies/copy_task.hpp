// CopyTask: brings it about that the store for disaster recovery has a copy of a file, whole and
// compared, and that the file's record says so.
//
//   read back what is there → copy, where there is nothing or something else → publish → read it
//   back → commit that the file lies there too
//
// After a crash between any two it begins anew, and finds what is there by reading it. A file that
// was deleted meanwhile has its copy removed.
#pragma once

#include "engine/task_handler.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class CopyTask final : public TaskHandler {
 public:
    explicit CopyTask(World& world) : world_(world) {}
    Task<TaskOutcome> run(TaskContext& context) override;

 private:
    Task<TaskOutcome> without_file(UploadId id);
    Task<Result<>> bring_about(core::File file, ports::Store& target, const TaskContext& context);
    Task<Result<>> record(UploadId id, ports::Store& target, telemetry::TraceContext trace);
    TaskOutcome judge(const Error& error, const TaskContext& context);

    World& world_;
};

}  // namespace slipway::engine
