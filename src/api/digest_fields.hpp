// The header fields in which a client states digests of a body: Content-MD5 (RFC 1864),
// Content-Digest and Repr-Digest (RFC 9530), and x-checksum-* (base64, as S3's x-amz-checksum-*).
#pragma once

#include <expected>
#include <string>

#include "base/digest.hpp"
#include "http/message.hpp"

namespace slipway::api {

// Unknown algorithms of Content-Digest are ignored, as the RFC says; the field that does not parse,
// or that contradicts another, is the error.
std::expected<StatedDigests, std::string> stated_digests(const http::Headers& headers);

}  // namespace slipway::api
