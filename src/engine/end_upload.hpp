// EndUpload: aborts an upload for its owner, or expires it. The record first, then the blob: a
// crash between the two leaves a blob whose upload has ended, which recovery removes.
#pragma once

#include <string>

#include "engine/outcome.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

class EndUpload {
 public:
    explicit EndUpload(World& world) : world_(world) {}

    // Succeeds for an upload that is aborted or expired already, and for one whose completion was
    // given up. upload_complete: it is complete, or being completed.
    Task<Outcome<>> abort(RequestContext context, UploadId id);
    // Expires the upload if its time has come; otherwise does nothing.
    Task<Result<>> expire(UploadId id);

 private:
    // Ends an open upload: as expired when its time has come, else as aborted.
    Task<Result<>> end(core::Upload upload, WallTime now, telemetry::RequestTag request_id);

    World& world_;
};

}  // namespace slipway::engine
