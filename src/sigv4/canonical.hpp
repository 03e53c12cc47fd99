// The canonical form of a request, which is what AWS Signature Version 4 signs. Here in the way of
// S3: the path is percent-encoded once and not normalised ("//" and "/./" stay). Who signs and who
// verifies use the same functions. Source: "Create a signed AWS API request" in the IAM guide, and
// "Authenticating Requests (AWS Signature Version 4)" in the S3 API reference.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::sigv4 {

// Names and values, not encoded; a name may stand several times.
using Fields = std::vector<std::pair<std::string, std::string>>;

// What x-amz-content-sha256 says instead of the SHA-256 of the body.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kUnsignedPayloadTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

struct RequestToSign {
    std::string method;        // upper case
    std::string path;          // not encoded; begins with a slash
    Fields query;              // a parameter without a value has the empty one
    Fields headers;            // those that are signed; Host is one of them
    std::string payload_hash;  // hexadecimal SHA-256 of the body, or one of the words above
};

struct CanonicalRequest {
    std::string text;
    std::string signed_headers;  // their names: "host;x-amz-date"
};

CanonicalRequest canonicalise(const RequestToSign& request);

// Every byte but the unreserved ones and the slash becomes %XX.
std::string encode_path(std::string_view path);
// "a=1&b=": sorted by encoded name, then value. Also the text to send.
std::string canonical_query(const Fields& query);

}  // namespace slipway::sigv4
