// ScanCopies: looks at every file for one that has no compared copy in the store for disaster
// recovery, and asks for it again. What was lost, failed for good, or was there before the store
// was, is found by it.
#pragma once

#include "engine/upkeep/recurring.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class ScanCopies final : public Pass {
 public:
    explicit ScanCopies(World& world) : world_(world) {}
    std::string_view name() const override { return "scan_copies"; }
    Task<Result<>> run(TaskContext& context) override;

 private:
    World& world_;
};

// Whether the file should have a copy that it has not.
bool lacks_copy(const World& world, const core::File& file);

}  // namespace slipway::engine
