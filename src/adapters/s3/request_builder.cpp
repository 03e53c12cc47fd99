#include "adapters/s3/request_builder.hpp"

#include "adapters/s3/trailer_source.hpp"
#include "base/encoding.hpp"
#include "hash/digester.hpp"

namespace slipway::adapters::s3 {

namespace {

std::string_view method_name(http::Method method) {
    return http::to_string(method);
}

std::string content_md5(std::string_view body) {
    hash::Md5Hasher hasher;
    hasher.update(std::as_bytes(std::span(body)));
    return encode_base64(hasher.finish().bytes);
}

// What is said of a body in the head, and the body as it is sent.
struct Payload {
    std::string hash;
    sigv4::Fields headers;
    std::variant<std::monostate, std::string, http::StreamBody> body;
};

Payload plain_payload(const std::string& text) {
    // Several stores want it for the configurations of buckets.
    return {sigv4::payload_hash(text), {{"Content-MD5", content_md5(text)}}, text};
}

// The strongest of what can be combined over parts first.
void state_checksum(const StatedDigests& digests, sigv4::Fields& headers) {
    if (digests.crc64nvme) {
        headers.emplace_back("x-amz-checksum-crc64nvme", encode_base64(digests.crc64nvme->bytes));
    } else if (digests.crc32c) {
        headers.emplace_back("x-amz-checksum-crc32c", encode_base64(digests.crc32c->bytes));
    } else if (digests.sha256) {
        headers.emplace_back("x-amz-checksum-sha256", encode_base64(digests.sha256->bytes));
    }
}

Payload trailed_payload(const UploadBody& body) {
    const ByteCount length = body.stream.length;
    return {std::string(sigv4::kUnsignedPayloadTrailer),
            {{"Content-Encoding", "aws-chunked"},
             {"x-amz-decoded-content-length", std::to_string(length.value())},
             {"x-amz-trailer", std::string(TrailerSource::kTrailer)}},
            http::StreamBody{std::make_shared<TrailerSource>(body.stream),
                             TrailerSource::framed_length(length)}};
}

// Over TLS the bytes are protected on their way; without it the signature covers them where their
// SHA-256 is known.
Payload streamed_payload(const UploadBody& body, ChecksumMode mode, bool is_tls) {
    const bool is_known = body.digests.crc64nvme || body.digests.crc32c;
    if (mode == ChecksumMode::trailer && !is_known) {
        return trailed_payload(body);
    }
    Payload payload{std::string(sigv4::kUnsignedPayload), {}, body.stream};
    if (body.digests.sha256 && !is_tls) {
        payload.hash = encode_hex(body.digests.sha256->bytes);
    }
    if (mode != ChecksumMode::none) {
        state_checksum(body.digests, payload.headers);
    }
    return payload;
}

Payload payload_of(const Call& call, ChecksumMode mode, bool is_tls) {
    if (const auto* text = std::get_if<std::string>(&call.body)) {
        return plain_payload(*text);
    }
    if (const auto* body = std::get_if<UploadBody>(&call.body)) {
        Payload payload = streamed_payload(*body, mode, is_tls);
        if (body->digests.md5) {
            payload.headers.emplace_back("Content-MD5", encode_base64(body->digests.md5->bytes));
        }
        return payload;
    }
    return {sigv4::payload_hash(""), {}, {}};
}

}  // namespace

RequestBuilder::RequestBuilder(EndpointUrl url, const Endpoint& endpoint,
                               sigv4::Credentials credentials)
    : url_(std::move(url)),
      style_(endpoint.style),
      checksums_(endpoint.checksums),
      signer_(std::move(credentials), {.region = endpoint.region}) {}

RequestBuilder::Address RequestBuilder::address_of(const ObjectName& target) const {
    if (target.bucket.empty()) {
        return {url_.authority, "/"};
    }
    if (style_ == AddressStyle::host) {
        return {target.bucket + '.' + url_.authority, '/' + target.key};
    }
    const std::string bucket = '/' + target.bucket;
    return {url_.authority, target.key.empty() ? bucket : bucket + '/' + target.key};
}

std::string RequestBuilder::url_of(const Address& address, const std::string& query) const {
    return url_.scheme + "://" + address.authority + sigv4::encode_path(address.path) +
           (query.empty() ? "" : "?" + query);
}

http::ClientRequest RequestBuilder::build(const Call& call, WallTime now) const {
    const Address address = address_of(call.target);
    Payload payload = payload_of(call, checksums_, url_.scheme == "https");
    sigv4::Fields headers = call.headers;
    headers.insert(headers.end(), payload.headers.begin(), payload.headers.end());
    headers.emplace_back("x-amz-content-sha256", payload.hash);

    http::ClientRequest request{.method = call.method,
                                .url = url_of(address, sigv4::canonical_query(call.query)),
                                .headers = {},
                                .body = std::move(payload.body)};
    for (const auto& [name, value] : headers) {
        request.headers.add(name, value);
    }
    // The client writes this field itself.
    headers.emplace_back("Host", address.authority);
    const auto added = signer_.sign({std::string(method_name(call.method)), address.path,
                                     call.query, std::move(headers), std::move(payload.hash)},
                                    now);
    for (const auto& [name, value] : added) {
        request.headers.add(name, value);
    }
    return request;
}

std::string RequestBuilder::presigned_url(const Call& call, WallTime now,
                                          std::chrono::seconds lifetime) const {
    const Address address = address_of(call.target);
    sigv4::Fields headers = call.headers;
    headers.emplace_back("Host", address.authority);
    return url_of(address,
                  signer_.presign({std::string(method_name(call.method)), address.path, call.query,
                                   std::move(headers), std::string(sigv4::kUnsignedPayload)},
                                  now, lifetime));
}

}  // namespace slipway::adapters::s3
