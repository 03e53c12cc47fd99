#include "engine/form_grant.hpp"

#include <span>
#include <utility>

#include "base/encoding.hpp"
#include "hash/hmac.hpp"

namespace slipway::engine {

namespace {

std::string message_of(const FormClaims& claims) {
    std::string message = "slipway-form-v1";
    // An owner may have any name; encoded, it has no line feed.
    for (const std::string& line :
         {claims.host, encode_percent(claims.owner), claims.file.to_string(),
          std::to_string(claims.max_size.value()), std::to_string(claims.expires_at),
          claims.key_id}) {
        message += '\n';
        message += line;
    }
    return message;
}

std::string signature_of(const FormClaims& claims, const SigningKey& key) {
    const auto message = message_of(claims);
    return encode_base64url(
        hash::hmac_sha256(key.secret, std::as_bytes(std::span(message))).view());
}

}  // namespace

FormSigner::FormSigner(SigningKey key)
    : ring_(std::make_shared<SigningKeyRing>(RingKeys{{std::move(key), {}, std::nullopt}})) {}

FormSigner::FormSigner(std::shared_ptr<const SigningKeyRing> ring) : ring_(std::move(ring)) {}

std::string FormSigner::key_id() const {
    return ring_->keys()->back().key.id;
}

std::string FormSigner::sign(const FormClaims& claims) const {
    const auto keys = ring_->keys();
    const RingKey* key = find_key(*keys, claims.key_id);
    return key == nullptr ? std::string() : signature_of(claims, key->key);
}

std::expected<FormGrant, Denial> FormSigner::verify(const FormClaims& claims,
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
    return FormGrant(claims);
}

}  // namespace slipway::engine
