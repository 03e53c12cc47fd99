// What a request asks for, as a digest: two that ask for the same have the same one, whatever their
// bytes looked like.
#pragma once

#include <string_view>

#include "base/digest.hpp"
#include "core/upload.hpp"
#include "engine/complete_upload.hpp"
#include "engine/create_upload.hpp"

namespace slipway::engine {

// Over every member but the idempotency key.
Sha256 fingerprint_of(const NewUpload& wanted);
// What a Complete with this key is known by; over every member, the parts in any order.
core::CompletionKey completion_key_of(std::string_view key, const CompleteRequest& request);

}  // namespace slipway::engine
