// RevokeUrls: ends every part URL of an open upload that was signed so far. One commit, which
// raises the epoch that they name; new ones are signed for the new epoch.
#pragma once

#include "engine/outcome.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class RevokeUrls {
 public:
    explicit RevokeUrls(World& world) : world_(world) {}

    // The upload as it is then. A part that is on its way is not recorded any more; those that are
    // recorded stay. Each call ends the URLs from before it. upload_complete: it is complete, or
    // being completed.
    Task<Outcome<core::Upload>> run(RequestContext context, UploadId id);

 private:
    World& world_;
};

}  // namespace slipway::engine
