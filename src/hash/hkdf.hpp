// HKDF with SHA-256 (RFC 5869): keys for different purposes from one secret, none of which says
// anything of another or of the secret.
#pragma once

#include <cstddef>
#include <span>

#include "base/digest.hpp"

namespace slipway::hash {

// The first 32 bytes of the output. The salt may be empty. Thread-safe.
Sha256 hkdf_sha256(std::span<const std::byte> secret, std::span<const std::byte> salt,
                   std::span<const std::byte> info);

}  // namespace slipway::hash
