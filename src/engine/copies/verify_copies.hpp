// VerifyCopies: reads the copies in the store for disaster recovery, all or some, and compares them
// with their files. One that is not right is struck from the file's record and asked for again.
#pragma once

#include "engine/copies/walk_files.hpp"

namespace slipway::engine {

inline constexpr std::string_view kVerifyKey = "dr/verify";

class VerifyCopies final : public TaskHandler {
 public:
    explicit VerifyCopies(World& world) : world_(world) {}
    // The payload is the percentage of the files, 1 to 100; of each that is looked at, the copy is
    // seen, and changed where it had to be struck out. Left: files without a copy.
    Task<TaskOutcome> run(TaskContext& context) override;

 private:
    Task<Result<>> look(core::File file, WalkTally& tally, const TaskContext& context);
    Task<Result<>> strike_out(core::File file, std::string store);
    bool is_drawn(const std::string& percentage);

    World& world_;
};

}  // namespace slipway::engine
