#include "engine/access/url_signer.hpp"

#include <span>
#include <utility>

#include "base/encoding.hpp"
#include "hash/hmac.hpp"

namespace slipway::engine {

namespace {

std::string signature_of(const SignedMessage& message, const SigningKey& key) {
    return encode_base64url(
        hash::hmac_sha256(key.secret, std::as_bytes(std::span(message.text))).view());
}

}  // namespace

SignedMessage::SignedMessage(std::string_view kind, std::initializer_list<std::string_view> claims,
                             std::int64_t valid_before, std::string key)
    : text(kind), expires_at(valid_before), key_id(std::move(key)) {
    for (const std::string_view claim : claims) {
        (text += '\n') += claim;
    }
    ((text += '\n') += std::to_string(expires_at)) += '\n';
    text += key_id;
}

UrlSigner::UrlSigner(SigningKey key)
    : ring_(std::make_shared<SigningKeyRing>(RingKeys{{std::move(key), {}, std::nullopt}})) {}

UrlSigner::UrlSigner(std::shared_ptr<const SigningKeyRing> ring) : ring_(std::move(ring)) {}

std::string UrlSigner::key_id() const {
    return ring_->ring()->keys.back().key.id;
}

std::string UrlSigner::sign(const SignedMessage& message) const {
    const auto ring = ring_->ring();
    const RingKey* key = find_key(ring->keys, message.key_id);
    return key == nullptr ? std::string() : signature_of(message, key->key);
}

std::expected<void, Denial> UrlSigner::verify(const SignedMessage& message,
                                              std::string_view signature, WallTime now) const {
    const auto ring = ring_->ring();
    const RingKey* key = find_key(ring->keys, message.key_id);
    if (key == nullptr) {
        key = find_key(ring->ahead, message.key_id);
    }
    if (key == nullptr || (key->verifies_until && *key->verifies_until <= now)) {
        return std::unexpected(Denial::invalid_signature);
    }
    const std::string expected = signature_of(message, key->key);
    if (!hash::equal_constant_time(std::as_bytes(std::span(expected)),
                                   std::as_bytes(std::span(signature)))) {
        return std::unexpected(Denial::invalid_signature);
    }
    if (unix_seconds(now) >= message.expires_at) {
        return std::unexpected(Denial::expired);
    }
    return {};
}

}  // namespace slipway::engine
