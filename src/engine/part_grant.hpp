// PartGrant: the right to send one part, proven by a signed URL. PartSigner makes the signatures
// and is the only source of grants: what takes a grant cannot be called without a verified one.
//
// MAC = HMAC-SHA256(key, "slipway-part-v1" and the claims, one a line). The claims bind the method,
// the host, the path, the upload and its epoch, the part, the length that it must have, the time of
// expiry and the key's id.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "core/part_plan.hpp"
#include "core/upload.hpp"
#include "engine/access/url_signer.hpp"
#include "engine/signing_key_ring.hpp"

namespace slipway::engine {

struct PartClaims {
    std::string method;
    std::string host;
    std::string path;
    UploadId upload;
    core::Epoch epoch = core::kFirstEpoch;
    PartNumber number;
    core::PartLength length;
    std::int64_t expires_at = 0;  // Unix seconds; valid before
    std::string key_id;
};

class PartGrant {
 public:
    const UploadId& upload() const { return upload_; }
    core::Epoch epoch() const { return epoch_; }
    PartNumber number() const { return number_; }
    core::PartLength length() const { return length_; }

 private:
    friend class PartSigner;
    explicit PartGrant(const PartClaims& claims)
        : upload_(claims.upload),
          epoch_(claims.epoch),
          number_(claims.number),
          length_(claims.length) {}

    UploadId upload_;
    core::Epoch epoch_;
    PartNumber number_;
    core::PartLength length_;
};

class PartSigner {
 public:
    // With one key for ever.
    explicit PartSigner(SigningKey key);
    explicit PartSigner(std::shared_ptr<const SigningKeyRing> ring);

    // Of the key that signs now.
    std::string key_id() const;
    // Unpadded base64url, by the key that the claims name; empty when the ring has lost it since.
    std::string sign(const PartClaims& claims) const;
    // invalid_signature also for a key that is unknown, revoked or past its time.
    std::expected<PartGrant, Denial> verify(const PartClaims& claims, std::string_view signature,
                                            WallTime now) const;

 private:
    UrlSigner signer_;
};

}  // namespace slipway::engine
