// Player: plays a script on a machine of its own and holds every answer, every look and every byte
// on the disk against the model. At the end the client finishes what is open, the power goes a last
// time, and all of it must still be there.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/machine.hpp"
#include "sim/script.hpp"
#include "sim/upload_model.hpp"

namespace slipway::sim {

struct PlayResult {
    // The first thing that is wrong, and where.
    Complaint complaint;
    // The script's own fault came to effect. Where it did not, the run ends with the steps.
    bool fault_fired = false;
    // And that of a restart.
    bool recovery_fault_fired = false;
    // Calls to the disk that the steps made, and writes among them: what a walk counts over.
    std::size_t calls = 0;
    std::size_t writes = 0;
    std::size_t crashes = 0;
    std::size_t faults = 0;
    // See SimulatedDisk::trace().
    std::uint64_t trace = 0;
};

PlayResult play(const Script& script, const MakeCatalog& make_catalog = {});

}  // namespace slipway::sim
