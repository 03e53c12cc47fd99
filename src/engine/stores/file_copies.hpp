// What becomes of the other blobs of an upload once its home is published: those that have all of
// it are published, too, and stand in the file's record as copies; the others are removed.
#pragma once

#include <vector>

#include "engine/world.hpp"

namespace slipway::engine {

class FileCopies {
 public:
    explicit FileCopies(World& world) : world_(world) {}

    // Before the file's record. Idempotent. A store that is away gets no copy.
    Task<std::vector<core::FileCopy>> publish(UploadId id);
    // After it. What cannot be removed is logged, and collected later.
    Task<void> remove_others(core::Upload upload, core::File file);

 private:
    World& world_;
};

}  // namespace slipway::engine
