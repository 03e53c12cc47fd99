// Script: what a client does to one node, and what happens to that node meanwhile. A script and its
// seed make one run; to_code() writes it down as a test can repeat it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/disk_fault.hpp"
#include "sim/disk_image.hpp"
#include "sim/simulated_disk.hpp"

namespace slipway::sim {

enum class Op : std::uint8_t {
    create,
    put,         // the part's right bytes
    put_other,   // other bytes for the same part
    put_wrong,   // right bytes with a digest of others
    put_broken,  // a body that breaks off in the middle
    complete,
    abort,
    remove,   // of the file
    read,     // of the file
    expire,   // a day passes, and the sweeper comes
    forget,   // eight days pass, and the sweeper comes
    upkeep,   // orphans are looked for twice, and the trash is emptied; hours pass
    restart,  // of the process, or of the machine
};
inline constexpr std::size_t kOps = 13;

// What a client uploads.
enum class Shape : std::uint8_t {
    two_parts,   // of known size
    open_ended,  // two parts, and the length of the second is not known before it comes
    declared,    // three parts, and the SHA-256 of the whole is declared
    empty,
    free_sizes,  // three parts, each of a size of its own
};
inline constexpr std::size_t kShapes = 5;

// How the node comes back: the process alone is gone, or the machine lost power.
struct Restart {
    bool power = true;
    PowerCut cut = {};
    // Of the calls that recovery makes; then the node is started once more.
    DiskFault fault = {};
};

// A second operation on the upload of a step, while the first is on its way.
struct Beside {
    Op op = Op::put;
    std::uint8_t part = 1;
    // It begins after so many turns of the loop.
    std::uint8_t lag = 0;
    // So many turns pass within the first sync of bytes: what is written meanwhile is not covered
    // by it. Where both send a part; anything else waits for a sync, and here for ever.
    std::uint8_t turns_in_sync = 0;
};

struct Step {
    Op op = Op::create;
    // Of those that were created, counted from 0; a step on one that is not there does nothing.
    std::uint8_t upload = 0;
    std::uint8_t part = 1;
    Shape shape = Shape::two_parts;
    std::optional<Beside> with = std::nullopt;
    // Of the calls that this step makes.
    DiskFault fault = {};
    // After Op::restart, and after a crash.
    Restart restart = {};
};

struct Script {
    std::vector<Step> steps;
    std::uint64_t seed = 1;
    DiskFeatures features = {};
    // Of the calls that the steps make but for the first `prepared`, up to the first restart.
    DiskFault fault = {};
    std::size_t prepared = 0;
    Restart restart = {};
};

// Sends a part.
bool is_put(Op op);
std::string_view to_string(Op op);
std::string to_code(const Script& script);

}  // namespace slipway::sim
