#include "engine/part_grant.hpp"

#include <span>
#include <utility>

#include "base/encoding.hpp"
#include "hash/hmac.hpp"

namespace slipway::engine {

namespace {

std::string message_of(const PartClaims& claims) {
    std::string message = "slipway-part-v1";
    // No claim can hold a line feed: hosts and paths come from a request head.
    for (const std::string& line :
         {claims.method, claims.host, claims.path, claims.upload.to_string(),
          std::to_string(claims.epoch), std::to_string(claims.number.value()),
          std::to_string(claims.length.least.value()), std::to_string(claims.length.most.value()),
          std::to_string(claims.expires_at), claims.key_id}) {
        message += '\n';
        message += line;
    }
    return message;
}

std::string signature_of(const PartClaims& claims, const SigningKey& key) {
    const auto message = message_of(claims);
    return encode_base64url(
        hash::hmac_sha256(key.secret, std::as_bytes(std::span(message))).view());
}

}  // namespace

PartSigner::PartSigner(SigningKey key)
    : ring_(std::make_shared<SigningKeyRing>(RingKeys{{std::move(key), {}, std::nullopt}})) {}

PartSigner::PartSigner(std::shared_ptr<const SigningKeyRing> ring) : ring_(std::move(ring)) {}

std::string PartSigner::key_id() const {
    return ring_->keys()->back().key.id;
}

std::string PartSigner::sign(const PartClaims& claims) const {
    const auto keys = ring_->keys();
    const RingKey* key = find_key(*keys, claims.key_id);
    return key == nullptr ? std::string() : signature_of(claims, key->key);
}

std::expected<PartGrant, Denial> PartSigner::verify(const PartClaims& claims,
                                                    std::string_view signature,
                                                    WallTime now) const {
    const auto keys = ring_->keys();
    const RingKey* key = find_key(*keys, claims.key_id);
    if (key == nullptr || (key->verifies_until && *key->verifies_until <= now)) {
        return std::unexpected(Denial::invalid_signature);
    }
    const std::string expected = signature_of(claims, key->key);
    if (!hash::equal_constant_time(std::as_bytes(std::span(expected)),
                                   std::as_bytes(std::span(signature)))) {
        return std::unexpected(Denial::invalid_signature);
    }
    if (unix_seconds(now) >= claims.expires_at) {
        return std::unexpected(Denial::expired);
    }
    return PartGrant(claims);
}

}  // namespace slipway::engine
