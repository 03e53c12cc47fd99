// That the fake is as strict as it says: a client's mistakes do not pass.
#include "s3fake/fake_s3.hpp"

#include <gtest/gtest.h>

#include "adapters/s3/request_builder.hpp"
#include "base/encoding.hpp"
#include "hash/digester.hpp"
#include "s3fake/fake_payload.hpp"
#include "s3fake/fake_rig.hpp"

namespace slipway::s3fake {
namespace {

using adapters::s3::Call;
using adapters::s3::RequestBuilder;

class Strict : public testing::Test {
 protected:
    http::ClientRequest signed_request(const Call& call) {
        const RequestBuilder builder(*adapters::s3::parse_endpoint_url(rig_.fake.url()),
                                     rig_.endpoint, rig_.fake.options().credentials);
        return builder.build(call, rig_.clock.wall());
    }
    // "403 AccessDenied"; the code is left out where there is none.
    std::string told(http::ClientRequest request) {
        http::Client client;
        const auto answer = run(client.send(std::move(request)));
        if (!answer) {
            return answer.error().detail;
        }
        const auto begin = answer->body.find("<Code>");
        const auto end = answer->body.find("</Code>");
        return std::to_string(answer->status) +
               (begin == std::string::npos ? ""
                                           : ' ' + answer->body.substr(begin + 6, end - begin - 6));
    }
    Call put_call() const {
        return {.operation = "PutObject",
                .method = http::Method::put,
                .target = {"bucket", "key"},
                .headers = {{"x-amz-meta-a", "b"}},
                .body = "text"};
    }
    FakeRig rig_;
};

TEST_F(Strict, ARequestThatIsRightPasses) {
    EXPECT_EQ(told(signed_request(put_call())), "200");
    EXPECT_TRUE(rig_.has("key"));
}

TEST_F(Strict, ASignatureIsNeeded) {
    auto request = signed_request(put_call());
    request.headers = {};
    EXPECT_EQ(told(std::move(request)), "403 AccessDenied");
}

TEST_F(Strict, WhatWasSignedCannotBeChanged) {
    auto path = signed_request(put_call());
    path.url += "2";
    EXPECT_EQ(told(std::move(path)), "403 SignatureDoesNotMatch");
    auto query = signed_request(put_call());
    query.url += "?prefix=a";
    EXPECT_EQ(told(std::move(query)), "403 SignatureDoesNotMatch");
    auto method = signed_request(put_call());
    method.method = http::Method::delete_;
    EXPECT_EQ(told(std::move(method)), "403 SignatureDoesNotMatch");
    auto field = signed_request(put_call());
    field.headers.set("x-amz-meta-a", "c");
    EXPECT_EQ(told(std::move(field)), "403 SignatureDoesNotMatch");
    auto body = signed_request(put_call());
    body.body = "tezt";
    EXPECT_EQ(told(std::move(body)), "400 XAmzContentSHA256Mismatch");
    EXPECT_FALSE(rig_.has("key"));
}

TEST_F(Strict, EveryAmzFieldIsSigned) {
    auto request = signed_request(put_call());
    request.headers.add("x-amz-meta-c", "d");
    EXPECT_EQ(told(std::move(request)), "403 AccessDenied");
}

TEST_F(Strict, ThePathIsSentInItsCanonicalForm) {
    Call call = put_call();
    call.target.key = "a+b";
    auto request = signed_request(call);
    request.url.replace(request.url.find("%2B"), 3, "+");
    EXPECT_EQ(told(std::move(request)), "403 SignatureDoesNotMatch");
}

TEST_F(Strict, WhatItDoesNotKnowIsRefused) {
    Call parameter = put_call();
    parameter.query = {{"torrent", ""}};
    EXPECT_EQ(told(signed_request(parameter)), "400 InvalidArgument");
    Call field = put_call();
    field.headers.emplace_back("x-amz-acl", "private");
    EXPECT_EQ(told(signed_request(field)), "400 InvalidArgument");
    Call method = put_call();
    method.method = http::Method::patch;
    EXPECT_EQ(told(signed_request(method)), "405 MethodNotAllowed");
}

TEST_F(Strict, APresignedUrlEnds) {
    const RequestBuilder builder(*adapters::s3::parse_endpoint_url(rig_.fake.url()), rig_.endpoint,
                                 rig_.fake.options().credentials);
    const Call call{
        .operation = "PutObject", .method = http::Method::put, .target = {"bucket", "key"}};
    const auto url_made = [&](std::chrono::seconds ago, std::chrono::seconds lifetime) {
        return http::ClientRequest{http::Method::put,
                                   builder.presigned_url(call, rig_.clock.wall() - ago, lifetime),
                                   {},
                                   "text"};
    };
    using std::chrono::seconds;
    EXPECT_EQ(told(url_made(seconds(100), seconds(90))), "403 AccessDenied");
    EXPECT_EQ(told(url_made(seconds(0), seconds(0))), "400 AuthorizationQueryParametersError");
    EXPECT_EQ(told(url_made(seconds(0), seconds(604'801))),
              "400 AuthorizationQueryParametersError");
    EXPECT_FALSE(rig_.has("key"));
    EXPECT_EQ(told(url_made(seconds(1000), seconds(1200))), "200");
    EXPECT_TRUE(rig_.has("key"));
}

// The framing of bodies, without a server.
std::string taken(const std::string& raw, const std::string& length = "5",
                  FakeOptions options = {}) {
    FakeRequest request;
    request.operation = "PutObject";
    request.headers.add("Content-Encoding", "aws-chunked");
    request.headers.add("x-amz-decoded-content-length", length);
    request.headers.add("x-amz-trailer", "x-amz-checksum-crc64nvme");
    const Admission admission{.refused = {}, .payload = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"};
    const auto wrong = take_payload(request, raw, admission, options);
    return wrong ? wrong->code : request.body;
}

std::string trailer_of(const std::string& text) {
    hash::Crc64NvmeHasher hasher;
    hasher.update(std::as_bytes(std::span(text)));
    return "x-amz-checksum-crc64nvme:" + encode_base64(hasher.finish().bytes) + "\r\n\r\n";
}

TEST(FakeFraming, IsTakenApartStrictly) {
    const std::string good = "5\r\nhello\r\n0\r\n" + trailer_of("hello");
    EXPECT_EQ(taken(good), "hello");
    EXPECT_EQ(taken(good + "x"), "IncompleteBody");
    EXPECT_EQ(taken(good.substr(0, good.size() - 2)), "IncompleteBody");
    EXPECT_EQ(taken(good, "6"), "IncompleteBody");
    EXPECT_EQ(taken("5\r\nhello\r\n"), "IncompleteBody");
    EXPECT_EQ(taken("5\r\nhell"), "IncompleteBody");
    EXPECT_EQ(taken("5;x=y\r\nhello\r\n0\r\n" + trailer_of("hello")), "IncompleteBody");
    EXPECT_EQ(taken("2\r\nhe\r\n3\r\nllo\r\n0\r\n" + trailer_of("hello")), "IncompleteBody");
    EXPECT_EQ(taken("5\r\nhello\r\n0\r\nx-other:1\r\n\r\n"), "MalformedTrailerError");
    EXPECT_EQ(taken("5\r\nhello\r\n0\r\n" + trailer_of("other")), "BadDigest");
}

TEST(FakeFraming, CanBeThatOfALesserStore) {
    const std::string good = "5\r\nhello\r\n0\r\n" + trailer_of("hello");
    FakeOptions refusing;
    refusing.chunked = Chunked::refused;
    EXPECT_EQ(taken(good, "5", refusing), "NotImplemented");
    FakeOptions raw;
    raw.chunked = Chunked::stored_raw;
    EXPECT_EQ(taken(good, "5", raw), good);
}

}  // namespace
}  // namespace slipway::s3fake
