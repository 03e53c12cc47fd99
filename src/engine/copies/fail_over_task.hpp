// FailOverTask: makes the store that has taken over the one in which files are read: of every file
// that has a compared copy there, the copy and the file's own store change places in its record.
// A file without one stays where it is, and is found again when its store is back.
#pragma once

#include "engine/copies/walk_files.hpp"

namespace slipway::engine {

inline constexpr std::string_view kFailOverKey = "dr/fail-over";
inline constexpr std::string_view kScanCopiesKey = "upkeep/scan_copies";

class FailOverTask final : public TaskHandler {
 public:
    explicit FailOverTask(World& world) : world_(world) {}
    // The payload is the store's name. Seen: files that lie there in the end; changed: those that
    // did not before; left: those that have no copy there.
    Task<TaskOutcome> run(TaskContext& context) override;

 private:
    Task<Result<>> look(core::File file, WalkTally& tally, std::string to);

    World& world_;
};

}  // namespace slipway::engine
