#include "engine/form_grant.hpp"

#include <utility>

#include "base/encoding.hpp"

namespace slipway::engine {

namespace {

SignedMessage message_of(const FormClaims& claims) {
    // An owner may have any name; encoded, it has no line feed.
    return {"slipway-form-v1",
            {claims.host, encode_percent(claims.owner), claims.file.to_string(),
             std::to_string(claims.max_size.value())},
            claims.expires_at,
            claims.key_id};
}

}  // namespace

FormSigner::FormSigner(SigningKey key) : signer_(std::move(key)) {}

FormSigner::FormSigner(std::shared_ptr<const SigningKeyRing> ring) : signer_(std::move(ring)) {}

std::string FormSigner::key_id() const {
    return signer_.key_id();
}

std::string FormSigner::sign(const FormClaims& claims) const {
    return signer_.sign(message_of(claims));
}

std::expected<FormGrant, Denial> FormSigner::verify(const FormClaims& claims,
                                                    std::string_view signature,
                                                    WallTime now) const {
    const auto verified = signer_.verify(message_of(claims), signature, now);
    if (!verified) {
        return std::unexpected(verified.error());
    }
    return FormGrant(claims);
}

}  // namespace slipway::engine
