// Where an S3 store is and how it is spoken to; one value for each store of the configuration.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.hpp"

namespace slipway::adapters::s3 {

// Where the bucket stands in a URL: https://host/bucket/key or https://bucket.host/key.
enum class AddressStyle { path, host };

// How the checksum of a body travels. `trailer` is for stores that take aws-chunked bodies: the
// checksum is then computed while the body is sent. `header` sends what the caller knows before.
enum class ChecksumMode { none, header, trailer };

struct Endpoint {
    std::string url;  // http[s]://host[:port]
    std::string region = "us-east-1";
    AddressStyle style = AddressStyle::path;
    ChecksumMode checksums = ChecksumMode::header;
    std::size_t connections = 64;  // calls under way at once; others wait for their turn
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds stall_timeout{30'000};  // without one byte of progress, either way
    // Of a whole call without a streamed body; one with a body may take as long as it goes on.
    std::chrono::milliseconds call_timeout{300'000};
    // File or directory with the certificates of the authorities that https trusts; empty: those of
    // the system.
    std::string ca = {};
};

// An endpoint's URL taken apart, as far as addresses of objects need it.
struct EndpointUrl {
    std::string scheme;     // "http" or "https"
    std::string authority;  // as in the Host field: without the port where it is the scheme's own
};
// Errors: invalid (another scheme, a path, a query, user information, no host).
Result<EndpointUrl> parse_endpoint_url(const std::string& url);

}  // namespace slipway::adapters::s3
