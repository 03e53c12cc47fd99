// Signs requests by AWS Signature Version 4: in header fields, or in the query of a URL that
// somebody else will use. Decides nothing about the body: its hash, or that it is not signed, is
// the caller's.
#pragma once

#include <chrono>
#include <string>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "sigv4/canonical.hpp"

namespace slipway::sigv4 {

struct Credentials {
    std::string access_key;
    std::string secret_key;
    std::string session_token;  // empty: none
};

// Where a signature is valid.
struct Scope {
    std::string region;
    std::string service = "s3";
};

// "20130524T000000Z": the form of x-amz-date.
std::string format_amz_date(WallTime time);
// "20130524/us-east-1/s3/aws4_request".
std::string credential_scope(const Scope& scope, WallTime time);
// Hexadecimal SHA-256, as in x-amz-content-sha256.
std::string payload_hash(std::string_view body);

// The signature itself, in hexadecimal: what a verifier compares with what it was given.
std::string signature_of(const CanonicalRequest& request, std::string_view secret_key,
                         const Scope& scope, WallTime time);

inline constexpr std::chrono::seconds kLongestPresigned = std::chrono::days(7);

class Signer final {
 public:
    Signer(Credentials credentials, Scope scope)
        : credentials_(std::move(credentials)), scope_(std::move(scope)) {}

    // The fields to send besides those of the request, which are all signed: X-Amz-Date,
    // X-Amz-Security-Token where there is one, Authorization. The request has none of them yet.
    Fields sign(RequestToSign request, WallTime now) const;

    // The whole query of the URL, encoded. `lifetime` is from one second to kLongestPresigned. Who
    // uses the URL has to send every header of the request as it is here.
    std::string presign(RequestToSign request, WallTime now, std::chrono::seconds lifetime) const;

 private:
    const Credentials credentials_;
    const Scope scope_;
};

}  // namespace slipway::sigv4
