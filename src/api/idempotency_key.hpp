// The field Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a structured-field string,
// or, as most clients send it, a bare token.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>

#include "api/json_members.hpp"
#include "http/message.hpp"

namespace slipway::api {

inline constexpr std::size_t kMaxIdempotencyKey = 255;

// Nothing without the field. A fault for one that is repeated, empty, longer than 255 bytes, or
// neither a string nor a token.
std::expected<std::optional<std::string>, MemberFault> idempotency_key(
    const http::Headers& headers);

}  // namespace slipway::api
