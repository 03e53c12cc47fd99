#include "cli/answer.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"

namespace slipway::cli {
namespace {

using namespace std::chrono_literals;

Answer answer_of(unsigned status, std::string error = {}) {
    http::ClientResponse response{status, {}, {}};
    response.headers.add("X-Request-Id", "00ff");
    if (!error.empty()) {
        response.body = R"({"title":"Said","error":")" + error + R"(","detail":"why"})";
    }
    return take_answer(std::move(response));
}

TEST(Answer, TakesAProblemApart) {
    const auto answer = answer_of(404, "upload_not_found");
    EXPECT_FALSE(answer.ok());
    EXPECT_EQ(answer.error, "upload_not_found");
    EXPECT_EQ(failure_of(answer).message, "why (HTTP 404 upload_not_found, request 00ff)");
    EXPECT_EQ(failure_of(answer).code, "upload_not_found");
}

TEST(Answer, AProblemThatIsNoJsonIsStillAFailure) {
    http::ClientResponse response{502, {}, "<html>bad gateway</html>"};
    const auto failure = failure_of(take_answer(std::move(response)));
    EXPECT_EQ(failure.message, "the server refused (HTTP 502)");
    EXPECT_EQ(failure.exit, ExitCode::unavailable);
}

TEST(Answer, WhatTheServerSaysCannotDriveTheTerminal) {
    http::ClientResponse response{400, {}, R"({"error":"e","detail":"\u001b[2J"})"};
    EXPECT_FALSE(failure_of(take_answer(std::move(response))).message.contains('\x1b'));
}

TEST(Answer, AWrongKeySaysWhichOne) {
    EXPECT_TRUE(failure_of(answer_of(401, "unauthorised")).message.contains("SLIPWAY_API_KEY"));
}

TEST(Answer, ExitCodes) {
    EXPECT_EQ(failure_of(answer_of(400)).exit, ExitCode::failed);
    EXPECT_EQ(failure_of(answer_of(401)).exit, ExitCode::unauthorised);
    EXPECT_EQ(failure_of(answer_of(403)).exit, ExitCode::unauthorised);
    EXPECT_EQ(failure_of(answer_of(404)).exit, ExitCode::not_found);
    EXPECT_EQ(failure_of(answer_of(410)).exit, ExitCode::not_found);
    EXPECT_EQ(failure_of(answer_of(409)).exit, ExitCode::conflict);
    EXPECT_EQ(failure_of(answer_of(422)).exit, ExitCode::corrupt);
    EXPECT_EQ(failure_of(answer_of(503)).exit, ExitCode::unavailable);
    EXPECT_EQ(failure_of(answer_of(507)).exit, ExitCode::failed);
}

TEST(Judge, EveryStatusThatMeansSomething) {
    for (const unsigned status : {200U, 204U, 304U, 400U, 401U, 403U, 404U, 410U, 411U, 412U, 413U,
                                  416U, 422U, 431U, 501U, 505U, 507U}) {
        EXPECT_EQ(judge(answer_of(status)), Judgement::final) << status;
    }
    for (const unsigned status : {408U, 500U, 506U, 511U}) {
        EXPECT_EQ(judge(answer_of(status)), Judgement::transient) << status;
    }
    for (const unsigned status : {502U, 503U, 504U}) {
        EXPECT_EQ(judge(answer_of(status)), Judgement::outage) << status;
    }
    EXPECT_EQ(judge(answer_of(429)), Judgement::throttled);
    EXPECT_EQ(judge(answer_of(409, "superseded")), Judgement::transient);
    EXPECT_EQ(judge(answer_of(409, "part_conflict")), Judgement::final);
    EXPECT_EQ(judge(answer_of(409, "upload_complete")), Judgement::final);
    EXPECT_EQ(judge(answer_of(500, "storage_failed")), Judgement::transient);
    EXPECT_EQ(judge(answer_of(500, "upload_damaged")), Judgement::final);
    EXPECT_EQ(judge(answer_of(500, "file_damaged")), Judgement::final);
}

TEST(Judge, ErrorsOfTheWay) {
    EXPECT_EQ(judge(Error{Errc::unavailable, ""}), Judgement::outage);
    EXPECT_EQ(judge(Error{Errc::deadline_exceeded, ""}), Judgement::outage);
    EXPECT_EQ(judge(Error{Errc::invalid, ""}), Judgement::final);
    EXPECT_EQ(judge(Error{Errc::conflict, ""}), Judgement::final);
    EXPECT_EQ(judge(Error{Errc::too_large, ""}), Judgement::final);
}

TEST(RetryAfter, SecondsDatesAndNonsense) {
    const WallTime now = from_unix_millis(1'795'376'160'000);
    const auto of = [&](std::string_view value) {
        http::Headers headers;
        headers.add("Retry-After", value);
        return retry_after(headers, now);
    };
    EXPECT_EQ(retry_after({}, now), 0ms);
    EXPECT_EQ(of("0"), 0ms);
    EXPECT_EQ(of("7"), 7000ms);
    EXPECT_EQ(of(format_http_date(now + 90s)), 90'000ms);
    EXPECT_EQ(of(format_http_date(now - 90s)), 0ms);
    EXPECT_EQ(of("4294967295"), 366 * 24h);
    EXPECT_EQ(of("Fri, 31 Dec 9999 23:59:59 GMT"), 366 * 24h);
    EXPECT_EQ(of("Sat, 01 Jan 0000 00:00:00 GMT"), 0ms);
    for (const auto* wrong : {"", "-5", "5s", "soon", "99999999999999"}) {
        EXPECT_EQ(of(wrong), 0ms) << wrong;
    }
}

TEST(OutageClock, BeginsWithTheFirstFailureAfterASuccess) {
    OutageClock clock(10s);
    const OutageClock::Time start;
    EXPECT_TRUE(clock.may_wait(start + 1h, 0ms));
    EXPECT_TRUE(clock.may_wait(start + 1h + 10s, 0ms));
    EXPECT_FALSE(clock.may_wait(start + 1h + 11s, 0ms));
    clock.succeeded();
    EXPECT_TRUE(clock.may_wait(start + 2h, 10s));
    EXPECT_FALSE(clock.may_wait(start + 2h, 11s));
    EXPECT_EQ(clock.successes(), 1U);
}

}  // namespace
}  // namespace slipway::cli
