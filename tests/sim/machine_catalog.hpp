// MachineCatalog: the catalog of a simulated machine, over the starts and ends of its processes.
#pragma once

#include <functional>
#include <memory>

#include "ports/catalog.hpp"
#include "ports/clock.hpp"
#include "sim/simulated_disk.hpp"

namespace slipway::sim {

class MachineCatalog {
 public:
    virtual ~MachineCatalog() = default;
    // A process starts. Its calls to the disk, or those that stand for them, go through the
    // machine's disk.
    virtual Task<Result<>> open() = 0;
    // Between open() and close().
    virtual ports::Catalog& catalog() = 0;
    // The process is gone.
    virtual void close() = 0;
    // The machine lost its power; nothing is open.
    virtual void cut(PowerCut how) = 0;
    // Whether threads of its own answer.
    virtual bool is_threaded() const = 0;
};

// The disk and the clock outlive the catalog.
using MakeCatalog =
    std::function<std::unique_ptr<MachineCatalog>(SimulatedDisk& disk, const ports::Clock& clock)>;

}  // namespace slipway::sim
