// EmptyTrash: removes for good what has lain in the trash long enough, and puts back what a record
// turns out to name. The second of two looks: nothing is removed on the word of one. A store that
// is away is left to a later pass.
#pragma once

#include <cstddef>

#include "engine/upkeep/recurring.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class EmptyTrash final : public Pass {
 public:
    explicit EmptyTrash(World& world) : world_(world) {}
    std::string_view name() const override { return "empty_trash"; }
    Task<Result<>> run(TaskContext& context) override;

 private:
    Task<Result<>> empty(ports::Store& store, TaskContext& context);
    Task<Result<>> settle(ports::Store& store, ports::TrashedBlob blob);

    World& world_;
};

}  // namespace slipway::engine
