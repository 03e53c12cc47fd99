#include "adapters/s3/translate_error.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::s3 {
namespace {

struct Row {
    unsigned status;
    const char* code;
    Errc reading;   // when the call changes nothing
    Errc changing;  // when it does
};

const Row kRows[] = {
    {400, "BadDigest", Errc::corrupted, Errc::corrupted},
    {400, "XAmzContentSHA256Mismatch", Errc::corrupted, Errc::corrupted},
    {400, "XAmzContentChecksumMismatch", Errc::corrupted, Errc::corrupted},
    {400, "IncompleteBody", Errc::unavailable, Errc::unavailable},
    {400, "RequestTimeout", Errc::unavailable, Errc::unavailable},
    {400, "InvalidPart", Errc::conflict, Errc::conflict},
    {400, "InvalidPartOrder", Errc::invalid, Errc::invalid},
    {400, "EntityTooSmall", Errc::invalid, Errc::invalid},
    {400, "EntityTooLarge", Errc::too_large, Errc::too_large},
    {400, "InvalidRequest", Errc::invalid, Errc::invalid},
    {400, "ExpiredToken", Errc::unauthorised, Errc::unauthorised},
    {400, "AuthorizationHeaderMalformed", Errc::unauthorised, Errc::unauthorised},
    {403, "AccessDenied", Errc::forbidden, Errc::forbidden},
    {403, "InvalidAccessKeyId", Errc::unauthorised, Errc::unauthorised},
    {403, "SignatureDoesNotMatch", Errc::unauthorised, Errc::unauthorised},
    {403, "RequestTimeTooSkewed", Errc::unauthorised, Errc::unauthorised},
    {403, "QuotaExceeded", Errc::storage_full, Errc::storage_full},
    {404, "NoSuchKey", Errc::not_found, Errc::not_found},
    {404, "XAdminUserNotFound", Errc::unauthorised, Errc::unauthorised},
    {404, "SomethingNew", Errc::unavailable, Errc::unavailable},
    {404, "NoSuchUpload", Errc::not_found, Errc::not_found},
    {404, "NoSuchLifecycleConfiguration", Errc::not_found, Errc::not_found},
    {405, "MethodNotAllowed", Errc::unsupported, Errc::unsupported},
    {409, "BucketNotEmpty", Errc::conflict, Errc::conflict},
    {409, "ConditionalRequestConflict", Errc::conflict, Errc::conflict},
    {409, "OperationAborted", Errc::conflict, Errc::conflict},
    {411, "MissingContentLength", Errc::unsupported, Errc::unsupported},
    {412, "PreconditionFailed", Errc::conflict, Errc::conflict},
    {416, "InvalidRange", Errc::invalid, Errc::invalid},
    {500, "InternalError", Errc::unavailable, Errc::outcome_unknown},
    {200, "InternalError", Errc::unavailable, Errc::outcome_unknown},
    {200, "SomethingNew", Errc::unavailable, Errc::outcome_unknown},
    {200, "SlowDown", Errc::throttled, Errc::throttled},
    {200, "InvalidPart", Errc::conflict, Errc::conflict},
    {500, "SomethingNew", Errc::unavailable, Errc::outcome_unknown},
    {501, "NotImplemented", Errc::unsupported, Errc::unsupported},
    {503, "SlowDown", Errc::throttled, Errc::throttled},
    {503, "ServiceUnavailable", Errc::unavailable, Errc::unavailable},
    {507, "XMinioStorageFull", Errc::storage_full, Errc::storage_full},
    {301, "PermanentRedirect", Errc::unauthorised, Errc::unauthorised},
    // Without a code, as in answers to HEAD and from proxies.
    {301, "", Errc::unauthorised, Errc::unauthorised},
    {400, "", Errc::invalid, Errc::invalid},
    {401, "", Errc::unauthorised, Errc::unauthorised},
    {403, "", Errc::forbidden, Errc::forbidden},
    {404, "", Errc::not_found, Errc::not_found},
    {405, "", Errc::unsupported, Errc::unsupported},
    {408, "", Errc::unavailable, Errc::unavailable},
    {409, "", Errc::conflict, Errc::conflict},
    {412, "", Errc::conflict, Errc::conflict},
    {412, "InvalidRequest", Errc::conflict, Errc::conflict},
    {413, "", Errc::too_large, Errc::too_large},
    {429, "", Errc::throttled, Errc::throttled},
    {500, "", Errc::unavailable, Errc::outcome_unknown},
    {502, "", Errc::unavailable, Errc::outcome_unknown},
    {503, "", Errc::unavailable, Errc::unavailable},
    {504, "", Errc::unavailable, Errc::outcome_unknown},
    {507, "", Errc::storage_full, Errc::storage_full},
    {418, "Teapot", Errc::invalid, Errc::invalid},
};

TEST(TranslateError, EveryRow) {
    for (const Row& row : kRows) {
        const StoreError error{row.status, row.code, "m"};
        EXPECT_EQ(translate_error(error, Effect::none, Subject::object).code, row.reading)
            << row.status << ' ' << row.code;
        EXPECT_EQ(translate_error(error, Effect::change, Subject::object).code, row.changing)
            << row.status << ' ' << row.code;
    }
}

TEST(TranslateError, AMissingBucketIsAStoreThatCannotBeUsed) {
    const StoreError error{404, "NoSuchBucket", ""};
    EXPECT_EQ(translate_error(error, Effect::none, Subject::bucket).code, Errc::not_found);
    EXPECT_EQ(translate_error(error, Effect::change, Subject::object).code, Errc::unavailable);
}

TEST(TranslateError, TheDetailNamesStatusCodeAndMessage) {
    const StoreError error{403, "AuthorizationHeaderMalformed", "expecting 'eu-central-1'"};
    EXPECT_EQ(translate_error(error, Effect::none, Subject::object).detail,
              "status 403 AuthorizationHeaderMalformed: expecting 'eu-central-1'");
    EXPECT_EQ(translate_error({502, "", ""}, Effect::none, Subject::object).detail, "status 502");
}

TEST(TranslateError, WhatTheStoreToldIsReadBack) {
    const StoreError errors[] = {{403, "AccessDenied", "status 404: no: way"},
                                 {500, "", "cause"},
                                 {404, "NoSuchKey", ""},
                                 {503, "", ""}};
    for (const StoreError& error : errors) {
        Error translated = translate_error(error, Effect::none, Subject::object);
        translated.detail = "store main: the status is unknown: GetObject: " + translated.detail;
        const auto told = told_by(translated);
        ASSERT_TRUE(told) << translated.detail;
        EXPECT_EQ(told->status, error.status);
        EXPECT_EQ(told->code, error.code);
        EXPECT_EQ(told->message, error.message);
    }
    for (const std::string detail : {"", "status ", "status 9", "status x", "connect: refused"}) {
        EXPECT_FALSE(told_by({Errc::unavailable, detail})) << detail;
    }
}

}  // namespace
}  // namespace slipway::adapters::s3
