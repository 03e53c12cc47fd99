// DisasterRecovery: what an administrator asks of the store that has a copy of every file.
#pragma once

#include <string>
#include <vector>

#include "engine/copies/walk_files.hpp"
#include "engine/outcome.hpp"

namespace slipway::engine {

// Of a file whose copy could not be made.
struct FailedCopy {
    UploadId file;
    std::string error;
    std::uint32_t attempts = 0;
    bool given_up = false;
};

// Of the last verification, or fail-over: under way, or ended with a tally, or given up with an
// error.
struct WalkReport {
    core::TaskStatus status = core::TaskStatus::pending;
    std::string payload;
    std::optional<WalkTally> tally;
    std::string error;
};

struct CopiesStatus {
    std::string store;   // the one for disaster recovery
    std::string active;  // where new files go, where that is not as configured
    std::uint64_t files = 0;
    std::uint64_t copied = 0;  // compared
    std::uint64_t pending = 0;
    std::optional<WallTime> oldest_pending;  // when it was completed
    std::uint64_t failed = 0;                // of those that are pending
    std::vector<FailedCopy> failures;        // some of them
    std::optional<WalkReport> verify;
    std::optional<WalkReport> fail_over;
};

class DisasterRecovery {
 public:
    explicit DisasterRecovery(World& world) : world_(world) {}

    // not_found, of all: no store has the role.
    // Reads every record; counts what they say, and what the queue says of those that lack a copy.
    Task<Result<CopiesStatus>> status();
    // Has the copies of so many in a hundred files read and compared. Idempotent while that is
    // under way.
    Task<Result<>> verify(unsigned percentage);
    // From now on new files go to this store; files that have a compared copy there are read there.
    // invalid: it is no store of this node. unavailable: another fail-over is under way.
    Task<Result<>> fail_over(std::string to);

 private:
    Result<> require_store() const;
    Task<Result<>> count(core::File file, CopiesStatus& status);
    Task<Result<std::optional<WalkReport>>> report(std::string_view key);
    Task<Result<bool>> enqueue(core::TaskKind kind, std::string_view key, std::string payload);

    World& world_;
};

}  // namespace slipway::engine
