// Recover: what is done on start, before anything is served: completions that were decided are
// carried through, and blobs of uploads that ended are removed. A blob that no record names is kept
// and told: it is never removed on the word of one look at the catalog.
#pragma once

#include <cstddef>

#include "engine/world.hpp"

namespace slipway::engine {

struct RecoveryResult {
    std::size_t completed = 0;
    std::size_t removed_blobs = 0;
    std::size_t unknown_blobs = 0;
    std::size_t assembling = 0;  // a task brings their parts into order
    std::size_t failed = 0;      // logged; the upload is tried again at its next Complete or start
};

class Recover {
 public:
    explicit Recover(World& world) : world_(world) {}

    // Errors: those of walking the catalog and the store.
    Task<Result<RecoveryResult>> run();

 private:
    Task<Result<>> resume_completions(RecoveryResult& result);
    Task<Result<>> compare_blobs(ports::Store& store, RecoveryResult& result);

    World& world_;
};

}  // namespace slipway::engine
