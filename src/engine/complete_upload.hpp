// CompleteUpload: turns an upload whose parts are all present into a file, without copying a byte.
//
//   verify → commit "completing" → publish the blob (rename) → commit "complete" and the file →
//   answer
//
// A crash before "completing": the upload is open as before. After it: resume() on start, or the
// repeated Complete, publishes again (idempotent) and commits. After "complete": the answer is
// replayed.
#pragma once

#include <optional>
#include <vector>

#include "core/completion.hpp"
#include "engine/outcome.hpp"
#include "engine/whole_file_digest.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

struct CompleteRequest {
    UploadId upload;
    std::optional<std::vector<core::StatedPart>> parts;
    std::optional<Sha256>
        sha256;  // of the whole file; must agree with what was declared at creation
};

class CompleteUpload {
 public:
    explicit CompleteUpload(World& world) : world_(world) {}

    // May be repeated and may race with Abort and expiry: one of them decides, the others are told.
    // Waits a while for a digest of the whole; verifying: it takes longer, and the upload will be
    // completed by a task.
    Task<Outcome<core::File>> run(RequestContext context, CompleteRequest request);
    // The same without waiting.
    Task<Outcome<core::File>> attempt(RequestContext context, CompleteRequest request);

    // Carries a completing upload through. The caller is recovery, or holds the turn to end the
    // upload.
    Task<Outcome<core::File>> resume(RequestContext context, core::Upload upload);

 private:
    Task<Outcome<core::File>> begin(RequestContext context, CompleteRequest request,
                                    core::Upload upload);
    // Every part is there, and is what the request states.
    Task<Outcome<ContentSummary>> verify_parts(RequestContext context,
                                               const CompleteRequest& request,
                                               const core::Upload& upload);
    // publish → commit "complete" and the file.
    Task<Outcome<core::File>> carry_through(RequestContext context, core::Upload upload,
                                            ContentSummary content);
    Task<Outcome<core::DeclaredDigests>> verify_declared(RequestContext context,
                                                         CompleteRequest request,
                                                         core::Upload upload, ByteCount size);
    // Nothing: it is being worked out by a task.
    Task<Result<std::optional<WholeFileDigests>>> digest_of(UploadId id, ByteCount size);
    Task<Outcome<core::File>> final_answer(RequestContext context, core::Upload upload,
                                           core::UploadState state);

    World& world_;
};

}  // namespace slipway::engine
