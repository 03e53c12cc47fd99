#include "sigv4/signer.hpp"

#include <span>

#include "base/encoding.hpp"
#include "hash/digester.hpp"
#include "hash/hmac.hpp"

namespace slipway::sigv4 {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span(text));
}

Sha256 keyed(std::span<const std::byte> key, std::string_view message) {
    return hash::hmac_sha256(key, bytes_of(message));
}

std::string day_of(WallTime time) {
    return format_amz_date(time).substr(0, 8);
}

Sha256 signing_key(std::string_view secret_key, const Scope& scope, WallTime time) {
    const std::string secret = "AWS4" + std::string(secret_key);
    const Sha256 day = keyed(bytes_of(secret), day_of(time));
    const Sha256 region = keyed(day.bytes, scope.region);
    const Sha256 service = keyed(region.bytes, scope.service);
    return keyed(service.bytes, "aws4_request");
}

}  // namespace

std::string format_amz_date(WallTime time) {
    // "2026-11-22T19:16:00.123Z" without its punctuation and fraction.
    const std::string text = format_rfc3339(time);
    return text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 5) + text.substr(14, 2) +
           text.substr(17, 2) + 'Z';
}

std::string credential_scope(const Scope& scope, WallTime time) {
    return day_of(time) + '/' + scope.region + '/' + scope.service + "/aws4_request";
}

std::string payload_hash(std::string_view body) {
    return encode_hex(hash::sha256(bytes_of(body)).bytes);
}

std::string signature_of(const CanonicalRequest& request, std::string_view secret_key,
                         const Scope& scope, WallTime time) {
    const std::string to_sign = std::string(kAlgorithm) + '\n' + format_amz_date(time) + '\n' +
                                credential_scope(scope, time) + '\n' + payload_hash(request.text);
    return encode_hex(keyed(signing_key(secret_key, scope, time).bytes, to_sign).bytes);
}

Fields Signer::sign(RequestToSign request, WallTime now) const {
    Fields added{{"X-Amz-Date", format_amz_date(now)}};
    if (!credentials_.session_token.empty()) {
        added.emplace_back("X-Amz-Security-Token", credentials_.session_token);
    }
    request.headers.insert(request.headers.end(), added.begin(), added.end());
    const auto canonical = canonicalise(request);
    added.emplace_back(
        "Authorization",
        std::string(kAlgorithm) + " Credential=" + credentials_.access_key + '/' +
            credential_scope(scope_, now) + ", SignedHeaders=" + canonical.signed_headers +
            ", Signature=" + signature_of(canonical, credentials_.secret_key, scope_, now));
    return added;
}

std::string Signer::presign(RequestToSign request, WallTime now,
                            std::chrono::seconds lifetime) const {
    const auto signed_headers = canonicalise(request).signed_headers;
    request.query.emplace_back("X-Amz-Algorithm", kAlgorithm);
    request.query.emplace_back("X-Amz-Credential",
                               credentials_.access_key + '/' + credential_scope(scope_, now));
    request.query.emplace_back("X-Amz-Date", format_amz_date(now));
    request.query.emplace_back("X-Amz-Expires", std::to_string(lifetime.count()));
    if (!credentials_.session_token.empty()) {
        request.query.emplace_back("X-Amz-Security-Token", credentials_.session_token);
    }
    request.query.emplace_back("X-Amz-SignedHeaders", signed_headers);
    return canonical_query(request.query) + "&X-Amz-Signature=" +
           signature_of(canonicalise(request), credentials_.secret_key, scope_, now);
}

}  // namespace slipway::sigv4
