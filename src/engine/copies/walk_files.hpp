// What the tasks that walk all files have in common: where they are, what they have counted, and
// that both survive a crash.
#pragma once

#include <functional>
#include <string>

#include "engine/task_handler.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

// Of one walk. The words on disk are these three numbers, behind the last file that was looked at.
struct WalkTally {
    std::uint64_t seen = 0;
    std::uint64_t changed = 0;
    std::uint64_t left = 0;
    friend bool operator==(const WalkTally&, const WalkTally&) = default;

    std::string to_string() const;
    static std::optional<WalkTally> parse(const std::string& text);
};

// One file: counted by whoever looks at it.
using FileLook = std::function<Task<Result<>>(core::File file, WalkTally& tally)>;

// Looks at every file in id order, from the task's checkpoint on, which is kept after each page.
// TaskDone has the tally. An error of one look ends the attempt.
Task<TaskOutcome> walk_files(World& world, TaskContext& context, FileLook look);

}  // namespace slipway::engine
