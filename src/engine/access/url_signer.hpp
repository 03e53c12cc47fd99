// UrlSigner: the signatures of signed URLs, over a message and a ring of keys. What is granted by
// one is its callers' matter (part_grant.hpp, form_grant.hpp); messages of different kinds differ
// in their first line, so that a signature of one is none of the other.
//
// MAC = HMAC-SHA256(key, message), as unpadded base64url.
#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "engine/signing_key_ring.hpp"

namespace slipway::engine {

enum class Denial { invalid_signature, expired };

// What is signed: the kind and the claims, one a line. No claim may hold a line feed.
struct SignedMessage {
    SignedMessage(std::string_view kind, std::initializer_list<std::string_view> claims,
                  std::int64_t valid_before, std::string key);

    std::string text;         // the two below are in it, too
    std::int64_t expires_at;  // Unix seconds; valid before
    std::string key_id;
};

class UrlSigner {
 public:
    // With one key for ever.
    explicit UrlSigner(SigningKey key);
    explicit UrlSigner(std::shared_ptr<const SigningKeyRing> ring);

    // Of the key that signs now.
    std::string key_id() const;
    // By the key that the message names; empty when the ring has lost it since.
    std::string sign(const SignedMessage& message) const;
    // invalid_signature also for a key that is unknown, revoked or past its time.
    std::expected<void, Denial> verify(const SignedMessage& message, std::string_view signature,
                                       WallTime now) const;

 private:
    std::shared_ptr<const SigningKeyRing> ring_;
};

}  // namespace slipway::engine
