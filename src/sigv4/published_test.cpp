// Signatures against the examples of the S3 API reference ("Signature Calculations for the
// Authorization Header", "Authenticating Requests: Using Query Parameters").
#include <gtest/gtest.h>

#include "sigv4/signer.hpp"

namespace slipway::sigv4 {
namespace {

// 2013-05-24T00:00:00Z.
constexpr WallTime kTime = from_unix_millis(1'369'353'600'000);
const std::string kHost = "examplebucket.s3.amazonaws.com";
const std::string kNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Signer example_signer(std::string token = {}) {
    return Signer(
        {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", std::move(token)},
        {"us-east-1"});
}

RequestToSign example(std::string method, std::string path, Fields query, Fields headers,
                      std::string payload) {
    headers.emplace_back("Host", kHost);
    headers.emplace_back("x-amz-content-sha256", payload);
    return {std::move(method), std::move(path), std::move(query), std::move(headers),
            std::move(payload)};
}

std::string signed_as(const RequestToSign& request) {
    const auto fields = example_signer().sign(request, kTime);
    EXPECT_EQ(fields.front().second, "20130524T000000Z");
    return fields.back().second;
}

std::string authorization(std::string_view signed_headers, std::string_view signature) {
    return "AWS4-HMAC-SHA256 "
           "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=" +
           std::string(signed_headers) + ", Signature=" + std::string(signature);
}

TEST(S3Examples, GetObject) {
    EXPECT_EQ(signed_as(example("GET", "/test.txt", {}, {{"Range", "bytes=0-9"}}, kNothing)),
              authorization("host;range;x-amz-content-sha256;x-amz-date",
                            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
}

TEST(S3Examples, PutObject) {
    const auto request = example(
        "PUT", "/test$file.text", {},
        {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
        payload_hash("Welcome to Amazon S3."));
    EXPECT_EQ(signed_as(request),
              authorization("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(S3Examples, GetBucketLifecycle) {
    EXPECT_EQ(signed_as(example("GET", "/", {{"lifecycle", ""}}, {}, kNothing)),
              authorization("host;x-amz-content-sha256;x-amz-date",
                            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
}

TEST(S3Examples, ListObjects) {
    EXPECT_EQ(signed_as(example("GET", "/", {{"prefix", "J"}, {"max-keys", "2"}}, {}, kNothing)),
              authorization("host;x-amz-content-sha256;x-amz-date",
                            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(S3Examples, PresignedUrl) {
    const RequestToSign request{
        "GET", "/test.txt", {}, {{"Host", kHost}}, std::string(kUnsignedPayload)};
    EXPECT_EQ(example_signer().presign(request, kTime, std::chrono::hours(24)),
              "X-Amz-Algorithm=AWS4-HMAC-SHA256"
              "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
              "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
              "&X-Amz-Signature="
              "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

// "Signature Calculations for the Authorization Header: … Including Trailing Headers": the seed
// signature, whose payload word is one of the streaming ones.
TEST(S3Examples, StreamedPayload) {
    const std::string payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    const RequestToSign request{"PUT",
                                "/examplebucket/chunkObject.txt",
                                {},
                                {{"Host", "s3.amazonaws.com"},
                                 {"x-amz-content-sha256", payload},
                                 {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                                 {"Content-Encoding", "aws-chunked"},
                                 {"x-amz-decoded-content-length", "66560"},
                                 {"Content-Length", "66824"}},
                                payload};
    EXPECT_EQ(signed_as(request),
              authorization("content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
                            "x-amz-decoded-content-length;x-amz-storage-class",
                            "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"));
}

TEST(Canonical, ThePathIsEncodedOnceAndNotNormalised) {
    EXPECT_EQ(encode_path("/a//b/./../c d+e%2f~ü"), "/a//b/./../c%20d%2Be%252f~%C3%BC");
    EXPECT_EQ(encode_path("/"), "/");
}

TEST(Canonical, AQueryIsSortedByItsEncodedNamesAndKeepsWhatIsEmpty) {
    EXPECT_EQ(canonical_query({{"uploads", ""}, {"b", "2"}, {"b", "1"}, {"a b", "+"}}),
              "a%20b=%2B&b=1&b=2&uploads=");
}

TEST(Signer, ASessionTokenIsSentAndSigned) {
    const auto request = example("GET", "/", {}, {}, kNothing);
    const auto fields = example_signer("token").sign(request, kTime);
    ASSERT_EQ(fields.size(), 3U);
    EXPECT_EQ(fields[1].first, "X-Amz-Security-Token");
    EXPECT_NE(fields[2].second.find("x-amz-date;x-amz-security-token,"), std::string::npos);
    const auto query = example_signer("to ken").presign(request, kTime, std::chrono::seconds(1));
    EXPECT_NE(query.find("&X-Amz-Security-Token=to%20ken&"), std::string::npos);
}

TEST(Signer, AnotherDayRegionOrSecretGivesAnotherSignature) {
    const auto canonical = canonicalise(example("GET", "/", {}, {}, kNothing));
    const auto signature = signature_of(canonical, "secret", {"us-east-1"}, kTime);
    EXPECT_EQ(signature.size(), 64U);
    EXPECT_NE(signature,
              signature_of(canonical, "secret", {"us-east-1"}, kTime + std::chrono::hours(24)));
    EXPECT_NE(signature, signature_of(canonical, "secret", {"eu-west-1"}, kTime));
    EXPECT_NE(signature, signature_of(canonical, "other", {"us-east-1"}, kTime));
}

}  // namespace
}  // namespace slipway::sigv4
