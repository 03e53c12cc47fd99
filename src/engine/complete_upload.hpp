// CompleteUpload: turns an upload whose parts are all present into a file, without copying a byte
// where they lie in order.
//
//   verify → commit "completing" → publish the blob (rename) → commit "complete" and the file →
//   answer
//
// Parts of free sizes that do not lie in order are copied into a draft by a task
// (assembly_task.hpp) between "completing" and the rename, and the answer is that they are. Where
// the store publishes slowly, that task does it for every upload.
//
// A crash before "completing": the upload is open as before. After it: resume() on start, or the
// repeated Complete, publishes again (idempotent) and commits. After "complete": the answer is
// replayed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/completion.hpp"
#include "core/extent_map.hpp"
#include "engine/outcome.hpp"
#include "engine/publish_upload.hpp"
#include "engine/whole_file_digest.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

struct CompleteRequest {
    UploadId upload;
    std::optional<std::vector<core::StatedPart>> parts;
    std::optional<Sha256>
        sha256;  // of the whole file; must agree with what was declared at creation
    // How many parts there are: what a list says, too. Of free sizes one of the two is needed.
    std::optional<std::uint32_t> total_parts;
    // By which a repetition of the request is known: engine/fingerprint.hpp.
    std::optional<core::CompletionKey> key;
};

class CompleteUpload {
 public:
    explicit CompleteUpload(World& world) : world_(world) {}

    // May be repeated and may race with Abort and expiry: one of them decides, the others are told.
    // idempotency_key_reused: the Complete that decided it, or that a task is to carry out, had
    // this key and asked for something else.
    // Waits a while for a digest of the whole, and for parts to be brought together; verifying,
    // assembling: it takes longer, and the upload will be completed by a task. upload_damaged: the
    // task gave it up.
    Task<Outcome<core::File>> run(RequestContext context, CompleteRequest request);
    // The same without waiting.
    Task<Outcome<core::File>> attempt(RequestContext context, CompleteRequest request);

    // Carries a completing upload through; assembling: sees to it that a task does. The caller is
    // recovery, or holds the turn to end the upload.
    Task<Outcome<core::File>> resume(RequestContext context, core::Upload upload);

 private:
    Task<Outcome<core::File>> begin(RequestContext context, CompleteRequest request,
                                    core::Upload upload);
    // After a refusal because it takes longer: what is needed for it to be done without asking
    // again.
    Task<Outcome<>> leave_to_task(RequestContext context, CompleteRequest request, Reason why);
    Task<Outcome<>> check_key(RequestContext context, const CompleteRequest& request,
                              const std::optional<core::CompletionKey>& decided);
    // Every part is there, and is what the request states. The upload's plan is counted; its home
    // is chosen.
    Task<Outcome<UploadBytes>> verify_parts(RequestContext context, const CompleteRequest& request,
                                            core::Upload& upload);
    // The same by what the store tells, which is recorded: a crash before the upload is completing
    // leaves records that the next Complete replaces.
    Task<Outcome<UploadBytes>> verify_direct(RequestContext context, const CompleteRequest& request,
                                             const core::Upload& upload);
    // No promise, but who has no room is told before anything is decided.
    Task<Outcome<>> require_room(RequestContext context, const core::Upload& upload,
                                 ByteCount size);
    Task<Outcome<core::File>> carry_through(RequestContext context, core::Upload upload,
                                            UploadBytes content);
    Task<Outcome<core::DeclaredDigests>> verify_declared(RequestContext context,
                                                         CompleteRequest request,
                                                         core::Upload upload, ByteCount size);
    // Where its digest was not announced, the store may not be able to.
    Task<bool> can_be_read(const core::Upload& upload);
    // Nothing: it is being worked out by a task.
    Task<Result<std::optional<WholeFileDigests>>> digest_of(const core::Upload& upload,
                                                            ByteCount size);
    Task<Outcome<core::File>> final_answer(RequestContext context, core::Upload upload,
                                           core::UploadState state);

    World& world_;
};

}  // namespace slipway::engine
