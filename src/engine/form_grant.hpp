// FormGrant: the right to send one form, proven by a signed URL, for browsers, which cannot add a
// key to a form. FormSigner makes the signatures and is the only source of grants.
//
// MAC = HMAC-SHA256(key, "slipway-form-v1" and the claims, one a line). The claims bind the host,
// the owner, the file that the form makes, the bytes that it may have, the time of expiry and the
// key's id. Since a file is made once, so is the URL used once.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "engine/access/url_signer.hpp"
#include "engine/signing_key_ring.hpp"

namespace slipway::engine {

struct FormClaims {
    std::string host;
    std::string owner;
    UploadId file;  // of the first file of the form
    ByteCount max_size;
    std::int64_t expires_at = 0;  // Unix seconds; valid before
    std::string key_id;
};

class FormGrant {
 public:
    const std::string& owner() const { return owner_; }
    UploadId file() const { return file_; }
    ByteCount max_size() const { return max_size_; }

 private:
    friend class FormSigner;
    explicit FormGrant(const FormClaims& claims)
        : owner_(claims.owner), file_(claims.file), max_size_(claims.max_size) {}

    std::string owner_;
    UploadId file_;
    ByteCount max_size_;
};

class FormSigner {
 public:
    // With one key for ever.
    explicit FormSigner(SigningKey key);
    explicit FormSigner(std::shared_ptr<const SigningKeyRing> ring);

    // Of the key that signs now.
    std::string key_id() const;
    // Unpadded base64url, by the key that the claims name; empty when the ring has lost it since.
    std::string sign(const FormClaims& claims) const;
    // invalid_signature also for a key that is unknown, revoked or past its time.
    std::expected<FormGrant, Denial> verify(const FormClaims& claims, std::string_view signature,
                                            WallTime now) const;

 private:
    UrlSigner signer_;
};

}  // namespace slipway::engine
