// SweepPass: the sweep of uploads, and of tasks whose results nobody asks for any more.
#pragma once

#include "engine/upkeep/recurring.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class SweepPass final : public Pass {
 public:
    explicit SweepPass(World& world) : world_(world) {}
    std::string_view name() const override { return "sweep"; }
    Task<Result<>> run(TaskContext& context) override;

 private:
    World& world_;
};

}  // namespace slipway::engine
