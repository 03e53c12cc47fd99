// HomeBlob: which of an upload's blobs becomes its file.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/world.hpp"

namespace slipway::engine {

class HomeBlob {
 public:
    explicit HomeBlob(World& world) : world_(world) {}

    // For an upload that is about to be completed: of those whose stores are up, the one that has
    // most of it. Where none is up, a blob in another store is added. The caller holds the turn to
    // end the upload, whose parts these are.
    Task<Result<>> choose(core::Upload& upload, const std::vector<core::Part>& parts);
    // For one that is completing: where the home's store is down and everything can be had without
    // it, another one becomes the home, on record first. The caller holds no turn.
    Task<Result<core::Upload>> settle(core::Upload upload, std::vector<core::Part> parts);

 private:
    bool is_up(const core::Upload& upload, std::uint32_t blob) const;
    std::optional<std::uint32_t> best(const core::Upload& upload,
                                      const std::vector<core::Part>& parts) const;
    // Parts can be added to it, or it has all of them.
    Task<bool> can_be_home(core::Upload upload, std::uint32_t blob,
                           const std::vector<core::Part>& parts);
    Task<Result<std::optional<std::uint32_t>>> find_other(core::Upload& upload,
                                                          const std::vector<core::Part>& parts);

    World& world_;
};

}  // namespace slipway::engine
