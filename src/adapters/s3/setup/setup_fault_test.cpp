#include "adapters/s3/setup/setup_fault.hpp"

#include <gtest/gtest.h>

#include <set>

#include "adapters/s3/translate_error.hpp"

namespace slipway::adapters::s3 {
namespace {

constexpr const char* kHttp = "http://store.example:9000";
constexpr const char* kHttps = "https://store.example";

SetupProblem problem(const char* url, const Error& error) {
    StoreDescription store;
    store.endpoint.url = url;
    return explain(store, error);
}

std::string name_of(const char* url, const Error& error) {
    return std::string(to_string(problem(url, error).fault));
}

// As the client hands on what a store answered.
Error refusal(unsigned status, const std::string& code, const std::string& message = {}) {
    Error error = translate_error({status, code, message}, Effect::change, Subject::bucket);
    error.detail = "ListObjectsV2: " + error.detail;
    return error;
}

TEST(SetupFault, OfWhatTheStoreTold) {
    struct Row {
        unsigned status;
        const char* code;
        const char* message;
        const char* fault;
    };
    const Row rows[] = {
        {403, "InvalidAccessKeyId", "", "unknown_access_key"},
        {404, "XAdminUserNotFound", "No user exists", "unknown_access_key"},
        {403, "SignatureDoesNotMatch", "Check your key", "wrong_secret_key"},
        {403, "InvalidTokenId", "", "wrong_session"},
        {400, "InvalidToken", "", "wrong_session"},
        {400, "ExpiredToken", "", "wrong_session"},
        {403, "RequestTimeTooSkewed", "", "wrong_clock"},
        {400, "AuthorizationHeaderMalformed", "the region is wrong; expecting 'x'", "wrong_region"},
        {400, "AuthorizationHeaderMalformed", "unexpected scope: 'x', expected: 'y'",
         "wrong_region"},
        {400, "AuthorizationHeaderMalformed", "a comma is missing", "failed"},
        {403, "AccessDenied", "Forbidden: No such key: AK", "unknown_access_key"},
        {403, "AccessDenied", "Forbidden: Invalid signature", "wrong_secret_key"},
        {301, "PermanentRedirect", "", "wrong_region"},
        {404, "NoSuchBucket", "", "missing_bucket"},
        {403, "AccessDenied", "", "no_right"},
        {403, "", "", "no_right"},
        {507, "InsufficientStorage", "", "store_full"},
        {507, "XMinioStorageFull", "", "store_full"},
        {500, "InternalError", "cause(no space left on device)", "store_full"},
        {500, "InternalError", "try again", "failed"},
        {503, "SlowDown", "", "store_away"},
        {503, "", "", "store_away"},
        {400, "NotAnS3Answer", "Client sent an HTTP request to an HTTPS server.", "expects_https"},
        {400, "NotAnS3Answer", "The plain HTTP request was sent to HTTPS port", "expects_https"},
        {404, "NotAnS3Answer", "Not found", "not_s3"},
        {501, "NotImplemented", "", "failed"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(name_of(kHttp, refusal(row.status, row.code, row.message)), row.fault)
            << row.status << ' ' << row.code << ' ' << row.message;
    }
}

TEST(SetupFault, OfACallWithoutAnAnswer) {
    struct Row {
        const char* url;
        Error error;
        const char* fault;
    };
    const Row rows[] = {
        {kHttp, {Errc::unavailable, "Op: resolve nowhere: Host not found"}, "unknown_host"},
        {kHttp, {Errc::deadline_exceeded, "Op: resolve nowhere: no progress"}, "unknown_host"},
        {kHttp,
         {Errc::unavailable, "Op: connect to a:1: Connection refused"},
         "connection_refused"},
        {kHttp, {Errc::unavailable, "Op: connect to a:1: No route to host"}, "unreachable"},
        {kHttp, {Errc::deadline_exceeded, "Op: connect to a:1: no progress"}, "unreachable"},
        {kHttp, {Errc::deadline_exceeded, "Op: read: no progress in time"}, "unreachable"},
        {kHttps, {Errc::deadline_exceeded, "Op: TLS with a:1: no progress"}, "unreachable"},
        {kHttps, {Errc::unavailable, "Op: TLS with a: end of file"}, "unreachable"},
        {kHttps, {Errc::unsupported, "Op: TLS with a: wrong version number"}, "expects_http"},
        {kHttps, {Errc::untrusted, "Op: a is not trusted: it expired"}, "untrusted_certificate"},
        {kHttp, {Errc::unavailable, "Op: broken answer: bad version"}, "expects_https"},
        {kHttp,
         {Errc::unavailable, "Op: the server closed the connection without an answer"},
         "expects_https"},
        {kHttps, {Errc::unavailable, "Op: broken answer: bad version"}, "not_s3"},
        {kHttp, {Errc::corrupted, "the store gives back other bytes"}, "changed_bytes"},
        {kHttp, {Errc::unavailable, "something else"}, "store_away"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(name_of(row.url, row.error), row.fault) << row.error.detail;
    }
}

TEST(SetupFault, TheMessageHasItsNameASentenceAndWhatTheCallSaid) {
    EXPECT_EQ(problem(kHttp, refusal(404, "NoSuchBucket", "none")).message,
              "missing_bucket: the store has no such bucket (ListObjectsV2: status 404 "
              "NoSuchBucket: none)");
}

TEST(SetupFault, NamesAreTheirOwn) {
    std::set<std::string_view> names;
    for (int fault = 0; fault <= static_cast<int>(SetupFault::failed); ++fault) {
        names.insert(to_string(static_cast<SetupFault>(fault)));
    }
    EXPECT_EQ(names.size(), 18U);
    EXPECT_EQ(to_string(SetupFault::unknown_host), "unknown_host");
    EXPECT_EQ(to_string(SetupFault::not_s3), "not_s3");
}

}  // namespace
}  // namespace slipway::adapters::s3
