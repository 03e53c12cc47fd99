// Signatures of messages as https://www.standardwebhooks.com has them: HMAC-SHA-256 over
// "ID.TIMESTAMP.BODY".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "adapters/webhook/endpoint.hpp"

namespace slipway::adapters::webhook {

// "whsec_" and base64, or the bytes of the text itself. Nothing where it is not of 24 to 64 bytes.
std::optional<Secret> parse_secret(std::string_view text);

struct SignedParts {
    std::string_view id;
    std::int64_t timestamp = 0;  // seconds since 1970
    std::string_view body;
};

// One "v1,BASE64" for each secret, with a space between.
std::string sign(std::span<const Secret> secrets, const SignedParts& parts);

}  // namespace slipway::adapters::webhook
