// PublishUpload: makes the file of an upload whose completion was decided.
//
//   publish the blob (or a draft of it) → commit "complete" and the file
//
// A crash before the publication, within it, or before the commit: it is done again, which
// publishing allows. After the commit the upload is complete.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/extent_map.hpp"
#include "engine/outcome.hpp"
#include "engine/upload_content.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

// What the parts of an upload amount to, and where they are.
struct UploadBytes {
    ContentSummary summary;
    // Where the store needs them.
    std::vector<ports::StoredPiece> pieces;
    // Of free sizes, where the store does not compose the blob.
    std::optional<core::ExtentMap> extents;
    // Not all of them are in the blob that becomes the file.
    bool is_scattered = false;
    bool needs_assembly() const { return extents && !extents->is_in_order(); }
};

// As this blob has them, which has all of these.
std::vector<ports::StoredPiece> pieces_in(std::uint32_t blob, std::span<const core::Part> parts);
// The parts are all of the plan's, in order.
UploadBytes bytes_of(const Stores& stores, const core::Upload& upload,
                     std::span<const core::Part> parts);

class PublishUpload {
 public:
    explicit PublishUpload(World& world) : world_(world) {}

    // The caller is recovery, or holds the turn to end the upload, which is completing.
    Task<Outcome<core::File>> run(RequestContext context, core::Upload upload, UploadBytes bytes);

    // What a task does that makes the file of the blob, or of the draft into which everything was
    // copied. Where the store publishes slowly it does so ahead, so that nobody waits for the turn
    // meanwhile; the errors are the store's. Nothing is done for an upload that is not completing
    // any more.
    Task<Result<>> publish_ahead(UploadId id, std::optional<ports::DraftName> draft);
    Task<Outcome<std::optional<core::File>>> finish(RequestContext context, UploadId id,
                                                    std::optional<ports::DraftName> draft,
                                                    std::vector<core::FileCopy> copies = {});

 private:
    struct Candidate {
        core::Upload upload;
        UploadBytes bytes;
    };
    Task<Result<std::optional<Candidate>>> find_completing(UploadId id);
    Task<Result<>> publish(core::Upload upload, UploadBytes bytes,
                           std::optional<ports::DraftName> draft);
    Task<Outcome<core::File>> publish_and_record(RequestContext context, Candidate candidate,
                                                 std::optional<ports::DraftName> draft,
                                                 std::vector<core::FileCopy> copies);
    Task<Outcome<core::File>> record(RequestContext context, core::Upload upload,
                                     ContentSummary content, std::vector<core::FileCopy> copies);

    World& world_;
};

}  // namespace slipway::engine
