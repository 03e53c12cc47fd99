#include "http/response_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace slipway::http {
namespace {

AnswerTerms terms(Method method = Method::get) {
    return {
        .method = method, .http10 = false, .keep_alive = true, .request_id = "id", .date = "today"};
}

Response ok(ResponseBody body) {
    return {.status = 200, .headers = {}, .body = std::move(body), .head_length = {}};
}

TEST(ResponseHead, StatesWhatTheConnectionKnows) {
    Response response = ok("abc");
    response.headers.add("X-A", "b");
    EXPECT_EQ(format_head(response, terms()),
              "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 3\r\nDate: today\r\nX-Request-Id: "
              "id\r\n\r\n");
    AnswerTerms closing = terms();
    closing.keep_alive = false;
    EXPECT_EQ(format_head(ok({}), closing),
              "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: today\r\nConnection: close\r\n"
              "X-Request-Id: id\r\n\r\n");
}

TEST(ResponseHead, IgnoresFieldsThatTheHandlerMayNotSet) {
    Response response = ok("abc");
    for (const auto* const name :
         {"content-length", "Transfer-Encoding", "CONNECTION", "Date", "x-request-id"}) {
        response.headers.add(name, "9");
    }
    EXPECT_EQ(format_head(response, terms()), format_head(ok("abc"), terms()));
}

TEST(ResponseHead, StatesTheLengthThatGetWouldHave) {
    Response response = ok({});
    response.head_length = ByteCount(7);
    EXPECT_TRUE(format_head(response, terms(Method::head))->contains("Content-Length: 7\r\n"));
    EXPECT_TRUE(format_head(response, terms(Method::get))->contains("Content-Length: 0\r\n"));
    for (const unsigned status : {204U, 304U}) {
        response.status = status;
        EXPECT_FALSE(format_head(response, terms())->contains("Content-Length"));
    }
}

TEST(ResponseHead, IsRefusedWhereAFieldCouldEndItsLine) {
    const std::pair<std::string, std::string> table[] = {
        {"X", "a\r\nb"}, {"X", "a\nb"}, {"X", "a\rb"},     {"X", std::string("a\0b", 3)},
        {"X", "a\x7f"},  {"", "a"},     {"X Y", "a"},      {"X:", "a"},
        {"X\r\nY", "a"}, {"X\n", "a"},  {"Date", "a\r\nb"}};
    for (const auto& [name, value] : table) {
        Response response = ok("abc");
        response.headers.add(name, value);
        EXPECT_FALSE(format_head(response, terms())) << name << "|" << value;
    }
    for (const unsigned status : {0U, 100U, 199U, 600U}) {
        Response response = ok("abc");
        response.status = status;
        EXPECT_FALSE(format_head(response, terms())) << status;
    }
    Response tolerated = ok("abc");
    tolerated.headers.add("X", "tab\t, \xc3\xa9");
    EXPECT_TRUE(format_head(tolerated, terms()));
}

}  // namespace
}  // namespace slipway::http
