// HMAC-SHA-256 (RFC 2104) for signed URLs, and the comparison that goes with it.
#pragma once

#include <cstddef>
#include <span>

#include "base/digest.hpp"

namespace slipway::hash {

// Thread-safe. The key may have any length; keys of 32 bytes are right for it.
Sha256 hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message);

// Takes the same time wherever the bytes differ. The lengths are not secret: unequal ones are told
// at once.
bool equal_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

}  // namespace slipway::hash
