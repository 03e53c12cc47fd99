// SweepPass: the sweep of uploads, of completions that somebody has left, and of tasks whose
// results nobody asks for any more.
#pragma once

#include "engine/upkeep/recurring.hpp"
#include "engine/upkeep/stuck_completions.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class SweepPass final : public Pass {
 public:
    explicit SweepPass(World& world) : world_(world), stuck_(world) {}
    std::string_view name() const override { return "sweep"; }
    Task<Result<>> run(TaskContext& context) override;

 private:
    World& world_;
    StuckCompletions stuck_;
};

}  // namespace slipway::engine
