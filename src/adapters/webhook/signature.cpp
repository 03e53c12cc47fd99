#include "adapters/webhook/signature.hpp"

#include "base/encoding.hpp"
#include "hash/hmac.hpp"

namespace slipway::adapters::webhook {

namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kLeastBytes = 24;
constexpr std::size_t kMostBytes = 64;

std::optional<Secret> decode(std::string_view base64) {
    // The length is not in the text's length alone: padding takes one or two bytes off.
    for (std::size_t size = kLeastBytes; size <= kMostBytes; ++size) {
        Secret secret(size);
        if (decode_base64(base64, secret)) {
            return secret;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Secret> parse_secret(std::string_view text) {
    if (text.starts_with(kPrefix)) {
        return decode(text.substr(kPrefix.size()));
    }
    if (text.size() < kLeastBytes || text.size() > kMostBytes) {
        return std::nullopt;
    }
    const auto bytes = std::as_bytes(std::span(text));
    return Secret(bytes.begin(), bytes.end());
}

std::string sign(std::span<const Secret> secrets, const SignedParts& parts) {
    const std::string message = std::string(parts.id) + "." + std::to_string(parts.timestamp) +
                                "." + std::string(parts.body);
    std::string signatures;
    for (const Secret& secret : secrets) {
        const Sha256 mac = hash::hmac_sha256(secret, std::as_bytes(std::span(message)));
        signatures += signatures.empty() ? "" : " ";
        signatures += "v1," + encode_base64(mac.view());
    }
    return signatures;
}

}  // namespace slipway::adapters::webhook
