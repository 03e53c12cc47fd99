// AssemblyTask: brings the parts of an upload together, where nobody should wait for it.
//
// Where the store publishes slowly it publishes, and goes on until the store has answered; what the
// store does not hold as it was acknowledged is given up, and the upload's record says so.
//
// Where parts lie in several stores, those that are missing in the blob which becomes the file are
// copied to it first (engine/stores/gather_parts.hpp), and the other blobs removed at last.
//
// Where free sizes let parts come to lie otherwise than in the order of their file, it copies them
// into a draft, under checkpoints, and makes that the file:
//
//   claim → copy, sync, checkpoint, again and again → publish the draft (rename) → commit
//   "complete" and the file → remove the blob that was copied from
//
// A crash anywhere: the next run goes on with the draft of the checkpoint, from where the
// checkpoint says that it is durable, or begins another. The blob with the parts is only read, so a
// worker that lost its lease can do no harm: it writes the same bytes to the same places.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/extent_map.hpp"
#include "engine/task_handler.hpp"
#include "engine/world.hpp"
#include "telemetry/trace_context.hpp"

namespace slipway::engine {

enum class Assembly { none, under_way, given_up };

// Of a completing upload; one that was given up is begun again with all its attempts. `trace` is
// that of the request which completes it, for the event.
Task<Result<>> request_assembly(World& world, UploadId id,
                                const telemetry::TraceContext& trace = {});
Task<Result<Assembly>> assembly_of(World& world, UploadId id);

// Where an assembly stands: which draft, and how much of it is durable.
struct AssemblyPosition {
    std::uint64_t draft = 0;
    ByteCount done;

    // The checkpoint: "<draft in hexadecimal> <bytes>". Nothing for another text.
    static std::optional<AssemblyPosition> parse(const std::string& text);
    std::string to_string() const;
    friend bool operator==(const AssemblyPosition&, const AssemblyPosition&) = default;
};

class AssemblyTask final : public TaskHandler {
 public:
    explicit AssemblyTask(World& world) : world_(world) {}
    Task<TaskOutcome> run(TaskContext& context) override;

 private:
    // One run of the task.
    struct Job {
        UploadId id;
        ports::Store& store;
        TaskContext& context;
    };
    struct Work {
        AssemblyPosition position;
        std::unique_ptr<ports::Draft> draft;
    };
    // Of parts that may lie in several stores.
    Task<TaskOutcome> gather(core::Upload upload, std::vector<core::Part> parts,
                             TaskContext& context);
    Task<TaskOutcome> assemble(Job job, core::ExtentMap extents);
    Task<Result<bool>> is_published(Job job, ByteCount size);
    // The draft of the checkpoint, or a new one.
    Task<Result<Work>> open(Job job, ByteCount size);
    Task<Result<>> copy_all(Work& work, const core::ExtentMap& extents, TaskContext& context);
    // The bytes first, then what says that they are durable.
    Task<Result<>> keep(Work& work, TaskContext& context);
    Task<TaskOutcome> finish(Job job, std::optional<ports::DraftName> draft);
    Task<void> remove_copied(Job job);
    TaskOutcome judge(const Error& error, const Job& job) const;
    Task<TaskOutcome> judge_publication(Error error, Job job);

    World& world_;
};

}  // namespace slipway::engine
