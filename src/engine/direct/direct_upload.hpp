// DirectUpload: uploads whose parts clients send to the store themselves, by addresses that are
// handed out here. What is known of a part is what the store tells of it, each time that somebody
// asks; it is written down when the upload is completed, and not before.
//
// The store checks each part by the SHA-256 that its address demands and tells it in its list, so
// that neither a crash nor a second address for the same part can make a record that is not true of
// the bytes: the record is made from the list, names the bytes by ETag and digest, and the store
// publishes those or none.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/outcome.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

// Why the upload cannot be direct in this store: direct_unsupported, with the reason.
std::optional<Refusal> why_not_direct(ports::Store& store, const core::Upload& upload,
                                      const ports::BlobLayout& layout);

struct DirectRequest {
    PartNumber number;  // one of the plan's
    Sha256 sha256;      // that the part will have
    WallTime expires_at;
};

class DirectUpload {
 public:
    explicit DirectUpload(World& world) : world_(world) {}

    // The upload is direct and open.
    Task<Outcome<ports::PartAddress>> address(RequestContext context, core::Upload upload,
                                              DirectRequest request);
    // The parts that the store has now, in order. upload_damaged: the store does not know the
    // upload any more.
    Task<Outcome<std::vector<core::Part>>> list_parts(RequestContext context, core::Upload upload);

 private:
    World& world_;
};

}  // namespace slipway::engine
