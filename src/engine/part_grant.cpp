#include "engine/part_grant.hpp"

#include <utility>

namespace slipway::engine {

namespace {

SignedMessage message_of(const PartClaims& claims) {
    // Hosts and paths come from a request head: they have no line feed.
    return {
        "slipway-part-v1",
        {claims.method, claims.host, claims.path, claims.upload.to_string(),
         std::to_string(claims.epoch), std::to_string(claims.number.value()),
         std::to_string(claims.length.least.value()), std::to_string(claims.length.most.value())},
        claims.expires_at,
        claims.key_id};
}

}  // namespace

PartSigner::PartSigner(SigningKey key) : signer_(std::move(key)) {}

PartSigner::PartSigner(std::shared_ptr<const SigningKeyRing> ring) : signer_(std::move(ring)) {}

std::string PartSigner::key_id() const {
    return signer_.key_id();
}

std::string PartSigner::sign(const PartClaims& claims) const {
    return signer_.sign(message_of(claims));
}

std::expected<PartGrant, Denial> PartSigner::verify(const PartClaims& claims,
                                                    std::string_view signature,
                                                    WallTime now) const {
    const auto verified = signer_.verify(message_of(claims), signature, now);
    if (!verified) {
        return std::unexpected(verified.error());
    }
    return PartGrant(claims);
}

}  // namespace slipway::engine
