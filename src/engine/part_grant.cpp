#include "engine/part_grant.hpp"

#include <cassert>
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

}  // namespace

PartSigner::PartSigner(SigningKey key) : key_(std::move(key)) {
    assert(!key_.id.empty() && key_.secret != decltype(key_.secret){});
}

std::string PartSigner::sign(const PartClaims& claims) const {
    const auto message = message_of(claims);
    return encode_base64url(
        hash::hmac_sha256(key_.secret, std::as_bytes(std::span(message))).view());
}

std::expected<PartGrant, Denial> PartSigner::verify(const PartClaims& claims,
                                                    std::string_view signature,
                                                    WallTime now) const {
    const std::string expected = sign(claims);
    const bool same = hash::equal_constant_time(std::as_bytes(std::span(expected)),
                                                std::as_bytes(std::span(signature)));
    if (claims.key_id != key_.id || !same) {
        return std::unexpected(Denial::invalid_signature);
    }
    if (unix_seconds(now) >= claims.expires_at) {
        return std::unexpected(Denial::expired);
    }
    return PartGrant(claims);
}

}  // namespace slipway::engine
