#include "hash/hkdf.hpp"

#include <vector>

#include "hash/hmac.hpp"

namespace slipway::hash {

// An empty salt is a block of zeros (RFC 5869 section 2.2), which HMAC takes an empty key for.
Sha256 hkdf_sha256(std::span<const std::byte> secret, std::span<const std::byte> salt,
                   std::span<const std::byte> info) {
    const Sha256 extracted = hmac_sha256(salt, secret);
    std::vector<std::byte> block(info.begin(), info.end());
    block.push_back(std::byte{1});
    return hmac_sha256(extracted.view(), block);
}

}  // namespace slipway::hash
