#include "adapters/s3/request_builder.hpp"

#include <gtest/gtest.h>

#include "adapters/s3/trailer_source.hpp"
#include "base/encoding.hpp"
#include "hash/digester.hpp"

namespace slipway::adapters::s3 {
namespace {

constexpr WallTime kTime = from_unix_millis(1'767'225'600'000);  // 2026-01-01

class EmptySource final : public http::BodySource {
 public:
    Task<Result<std::size_t>> read(std::span<std::byte> /*out*/) override { co_return 0; }
};

RequestBuilder builder_of(const Endpoint& endpoint) {
    return {*parse_endpoint_url(endpoint.url), endpoint, {"AK", "secret", "token"}};
}

Endpoint endpoint_of(std::string url, ChecksumMode mode = ChecksumMode::header) {
    Endpoint endpoint;
    endpoint.url = std::move(url);
    endpoint.checksums = mode;
    return endpoint;
}

Call upload_call(StatedDigests digests = {}) {
    return {.operation = "PutObject",
            .method = http::Method::put,
            .target = {"bucket", "a b/c+"},
            .body = UploadBody{{std::make_shared<EmptySource>(), ByteCount(100)}, digests}};
}

std::string field(const http::ClientRequest& request, std::string_view name) {
    return std::string(request.headers.find(name).value_or("(none)"));
}

TEST(RequestBuilder, AddressesInBothStyles) {
    Endpoint endpoint = endpoint_of("http://s3.example:9000");
    Call call = upload_call();
    call.query = {{"uploadId", "u+/="}, {"partNumber", "1"}};
    EXPECT_EQ(builder_of(endpoint).build(call, kTime).url,
              "http://s3.example:9000/bucket/a%20b/c%2B?partNumber=1&uploadId=u%2B%2F%3D");
    endpoint.style = AddressStyle::host;
    EXPECT_EQ(builder_of(endpoint).build(call, kTime).url,
              "http://bucket.s3.example:9000/a%20b/c%2B?partNumber=1&uploadId=u%2B%2F%3D");
    call.target.key.clear();
    call.query.clear();
    EXPECT_EQ(builder_of(endpoint).build(call, kTime).url, "http://bucket.s3.example:9000/");
    call.target.bucket.clear();
    EXPECT_EQ(builder_of(endpoint).build(call, kTime).url, "http://s3.example:9000/");
    endpoint.style = AddressStyle::path;
    call.target.bucket = "bucket";
    EXPECT_EQ(builder_of(endpoint).build(call, kTime).url, "http://s3.example:9000/bucket");
}

TEST(RequestBuilder, SignsWhatItSends) {
    const auto request = builder_of(endpoint_of("http://a")).build(upload_call(), kTime);
    EXPECT_EQ(field(request, "X-Amz-Date"), "20260101T000000Z");
    EXPECT_EQ(field(request, "X-Amz-Security-Token"), "token");
    const auto authorization = field(request, "Authorization");
    EXPECT_TRUE(authorization.contains("Credential=AK/20260101/us-east-1/s3/aws4_request"));
    EXPECT_TRUE(authorization.contains(
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"))
        << authorization;
    for (const auto& [name, value] : request.headers.lines()) {
        EXPECT_FALSE(value.contains("secret")) << name;
    }
}

TEST(RequestBuilder, ATextIsSignedWithItsHash) {
    Call call = upload_call();
    call.body = std::string("<x/>");
    const auto request = builder_of(endpoint_of("https://a")).build(call, kTime);
    EXPECT_EQ(field(request, "x-amz-content-sha256"), sigv4::payload_hash("<x/>"));
    EXPECT_NE(field(request, "Content-MD5"), "(none)");
    call.body = std::monostate();
    EXPECT_EQ(
        field(builder_of(endpoint_of("https://a")).build(call, kTime), "x-amz-content-sha256"),
        sigv4::payload_hash(""));
}

TEST(RequestBuilder, AStreamIsSignedWithItsHashWhereThatIsKnownAndNothingElseProtectsIt) {
    StatedDigests digests;
    digests.sha256.emplace();
    const auto hash_of = [&](const char* url, const StatedDigests& stated) {
        return field(builder_of(endpoint_of(url)).build(upload_call(stated), kTime),
                     "x-amz-content-sha256");
    };
    EXPECT_EQ(hash_of("http://a", digests), std::string(64, '0'));
    EXPECT_EQ(hash_of("https://a", digests), "UNSIGNED-PAYLOAD");
    EXPECT_EQ(hash_of("http://a", {}), "UNSIGNED-PAYLOAD");
}

TEST(RequestBuilder, AChecksumGoesAsTheEndpointWantsIt) {
    StatedDigests digests;
    digests.crc64nvme = crc64nvme_from(1);
    digests.crc32c = crc32c_from(2);
    const auto built = [](ChecksumMode mode, const StatedDigests& stated) {
        return builder_of(endpoint_of("http://a", mode)).build(upload_call(stated), kTime);
    };
    const std::string name = "x-amz-checksum-crc64nvme";
    EXPECT_EQ(field(built(ChecksumMode::none, digests), name), "(none)");
    EXPECT_EQ(field(built(ChecksumMode::header, digests), name), "AAAAAAAAAAE=");
    EXPECT_EQ(field(built(ChecksumMode::header, {}), name), "(none)");
    // What is known already needs no trailer.
    EXPECT_EQ(field(built(ChecksumMode::trailer, digests), name), "AAAAAAAAAAE=");
    EXPECT_EQ(field(built(ChecksumMode::trailer, digests), "x-amz-trailer"), "(none)");
    digests.crc64nvme.reset();
    EXPECT_EQ(field(built(ChecksumMode::header, digests), "x-amz-checksum-crc32c"), "AAAAAg==");

    const auto trailing = built(ChecksumMode::trailer, {});
    EXPECT_EQ(field(trailing, "x-amz-trailer"), name);
    EXPECT_EQ(field(trailing, "x-amz-decoded-content-length"), "100");
    EXPECT_EQ(field(trailing, "Content-Encoding"), "aws-chunked");
    EXPECT_EQ(field(trailing, "x-amz-content-sha256"), "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
    EXPECT_EQ(std::get<http::StreamBody>(trailing.body).length,
              TrailerSource::framed_length(100_B));
}

TEST(RequestBuilder, AnMd5IsAlwaysSent) {
    StatedDigests digests;
    digests.md5.emplace();
    for (const auto mode : {ChecksumMode::none, ChecksumMode::header, ChecksumMode::trailer}) {
        EXPECT_EQ(
            field(builder_of(endpoint_of("http://a", mode)).build(upload_call(digests), kTime),
                  "Content-MD5"),
            "AAAAAAAAAAAAAAAAAAAAAA==");
    }
}

TEST(RequestBuilder, APresignedUrlSignsTheHostAlone) {
    const auto url = builder_of(endpoint_of("https://a", ChecksumMode::trailer))
                         .presigned_url(upload_call(), kTime, std::chrono::minutes(5));
    EXPECT_TRUE(url.starts_with("https://a/bucket/a%20b/c%2B?X-Amz-Algorithm=AWS4-HMAC-SHA256&"))
        << url;
    EXPECT_TRUE(url.contains("&X-Amz-Expires=300&")) << url;
    EXPECT_TRUE(url.contains("&X-Amz-SignedHeaders=host&")) << url;
    EXPECT_FALSE(url.contains("checksum")) << url;
}

}  // namespace
}  // namespace slipway::adapters::s3
