#include "cli/put/store_answer.hpp"

#include <gtest/gtest.h>

namespace slipway::cli {
namespace {

Answer answer_of(unsigned status, std::string_view code, std::string_view message = "m") {
    Answer answer;
    answer.status = status;
    if (!code.empty()) {
        answer.body = "<?xml version=\"1.0\"?><Error><Code>" + std::string(code) +
                      "</Code><Message>" + std::string(message) + "</Message></Error>";
    }
    return answer;
}

TEST(StoreAnswer, IsJudgedByStatusAndCode) {
    EXPECT_EQ(judge_store(answer_of(200, "")), StoreVerdict::stored);
    EXPECT_EQ(judge_store(answer_of(403, "AccessDenied")), StoreVerdict::another_url);
    EXPECT_EQ(judge_store(answer_of(403, "SignatureDoesNotMatch")), StoreVerdict::another_url);
    EXPECT_EQ(judge_store(answer_of(404, "NoSuchUpload")), StoreVerdict::another_url);
    EXPECT_EQ(judge_store(answer_of(400, "ExpiredToken")), StoreVerdict::another_url);
    EXPECT_EQ(judge_store(answer_of(400, "InvalidRequest")), StoreVerdict::another_url);
    for (const auto* code : {"BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch",
                             "IncompleteBody", "RequestTimeout"}) {
        EXPECT_EQ(judge_store(answer_of(400, code)), StoreVerdict::again) << code;
    }
    EXPECT_EQ(judge_store(answer_of(400, "EntityTooLarge")), StoreVerdict::refused);
    EXPECT_EQ(judge_store(answer_of(404, "")), StoreVerdict::refused);
    EXPECT_EQ(judge_store(answer_of(507, "XMinioStorageFull")), StoreVerdict::refused);
}

TEST(StoreAnswer, SaysWhichStoreAndWhy) {
    const auto failure = store_failure(answer_of(403, "AccessDenied", "Request has expired"),
                                       "https://s3.example.org:9000/b/k?X-Amz-Signature=secret", 3);
    EXPECT_EQ(failure.message,
              "the store at s3.example.org:9000 refused part 3: AccessDenied: Request has expired "
              "(HTTP 403)");
    EXPECT_EQ(store_failure(answer_of(400, "BadDigest"), "http://s/b", 1).exit, ExitCode::corrupt);
    EXPECT_EQ(store_failure(answer_of(502, ""), "http://s?q", 1).message,
              "the store at s refused part 1: it does not say why (HTTP 502)");
}

TEST(StoreAnswer, AStoreOutOfReachIsNamed) {
    const auto away = store_out_of_reach({ExitCode::unavailable, "refused", {}}, "http://s:1/k?q");
    EXPECT_EQ(
        away.message,
        "refused; the store at s:1 cannot be reached from here: without --direct the parts go "
        "through the server");
    EXPECT_EQ(store_out_of_reach({ExitCode::failed, "x", {}}, "http://s").message, "x");
}

}  // namespace
}  // namespace slipway::cli
