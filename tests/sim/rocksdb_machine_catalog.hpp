// The real embedded catalog on a simulated machine: its files lie in a directory in memory, its
// writes and syncs of the log stand in line with the calls to the simulated disk, and a loss of
// power takes what it had not synced. Its other files are written as they are: they follow the log.
#pragma once

#include "sim/machine_catalog.hpp"

namespace slipway::sim {

std::unique_ptr<MachineCatalog> rocksdb_machine_catalog(SimulatedDisk& disk,
                                                        const ports::Clock& clock);

}  // namespace slipway::sim
