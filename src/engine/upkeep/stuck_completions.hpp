// StuckCompletions: carries through what somebody has begun to complete and left: a server that
// died between the decision and the task that carries it out. What moves is left alone; whoever
// asks for the upload again would have carried it through as well.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#include "engine/upkeep/suspects.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class StuckCompletions {
 public:
    // As it has to stand still before it is taken for left.
    static constexpr std::chrono::milliseconds kAge{std::chrono::minutes(1)};

    explicit StuckCompletions(World& world) : world_(world) {}

    // One look at all that is being completed; how many were carried on. Errors: of the catalog.
    Task<Result<std::size_t>> look();

 private:
    Task<bool> carry_on(UploadId id, core::Epoch epoch);

    World& world_;
    Suspects<std::pair<UploadId, core::Epoch>> suspects_;
};

}  // namespace slipway::engine
