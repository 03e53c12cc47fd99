// What a request asks for, as a digest: two that ask for the same have the same one, whatever their
// bytes looked like.
#pragma once

#include "base/digest.hpp"
#include "engine/create_upload.hpp"

namespace slipway::engine {

// Over every member but the idempotency key.
Sha256 fingerprint_of(const NewUpload& wanted);

}  // namespace slipway::engine
