// DigestTask, the frontier hasher: works out SHA-256 and MD5 of a whole upload while it is
// received. It follows the contiguous prefix of the recorded parts, while their pages are still
// cached, keeps its state as a checkpoint, and ends when the last byte is in: little is left to do
// at Complete.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/task_handler.hpp"
#include "engine/whole_file_digest.hpp"
#include "engine/world.hpp"
#include "hash/resumable.hpp"

namespace slipway::engine {

// For an upload that is about to be created: it begins a little later, when there is a record and
// perhaps a part.
Task<Result<>> plan_digest(World& world, UploadId id);
// The digests, when the task is done. Where it is not, it is planned, if need be, and goes on now.
// internal: it was given up. The plan is counted.
Task<Result<std::optional<WholeFileDigests>>> digest_by_task(World& world, UploadId id,
                                                             core::PartPlan plan, ByteCount size);

class DigestTask final : public TaskHandler {
 public:
    explicit DigestTask(World& world) : world_(world) {}
    // Its result: "<size> <sha256> <md5>", or nothing when the upload ended.
    Task<TaskOutcome> run(TaskContext& context) override;

 private:
    struct Frontier {
        std::vector<core::Part> parts;
        ByteCount size;  // of all of them
        bool whole = false;
    };
    Task<Result<Frontier>> frontier_of(core::Upload upload, std::uint32_t total_parts);
    Task<Result<>> hash_up_to(ByteCount size, ports::BlobReader& reader,
                              hash::ResumableDigests& digests, TaskContext& context);

    World& world_;
};

}  // namespace slipway::engine
