// CreateUpload: the blob first, with its room reserved, then the record that names it.
// A refusal that can be foreseen comes before both. A crash between the two leaves a blob that no
// record names; nobody was told of it.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "engine/outcome.hpp"
#include "engine/world.hpp"

namespace slipway::engine {

struct NewUpload {
    std::string file_name;
    std::string content_type;
    core::PartPlan plan;
    DigestKind checksum = DigestKind::sha256;
    core::DeclaredDigests declared;
    bool complete_when_full = false;
    bool direct = false;
    std::map<std::string, std::string> metadata;
    std::optional<std::chrono::seconds> expires_in;  // at most the maximum; checked by the door
    // By which a repetition of the request is known: engine/fingerprint.hpp.
    std::optional<std::string> idempotency_key;
};

class CreateUpload {
 public:
    explicit CreateUpload(World& world) : world_(world) {}

    // insufficient_storage: no room for the whole file. quota_exceeded: more than the owner may
    // have; nothing was created. With an idempotency key that the owner has used for an upload that
    // is on record: that upload, as it is now, where the same was asked for, else
    // idempotency_key_reused. direct_unsupported: direct, and the store or what else is asked for
    // does not allow it.
    Task<Outcome<core::Upload>> run(RequestContext context, NewUpload wanted);

 private:
    // The record, the last step. The blob is taken away where there is to be none.
    Task<Outcome<core::Upload>> record(RequestContext context, core::Upload upload);
    // What will be done for the upload without being asked, written down before it exists.
    Task<Result<>> plan_tasks(const core::Upload& upload);

    World& world_;
};

}  // namespace slipway::engine
