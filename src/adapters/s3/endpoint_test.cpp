#include "adapters/s3/endpoint.hpp"

#include <gtest/gtest.h>

#include "adapters/s3/answer_time.hpp"

namespace slipway::adapters::s3 {
namespace {

TEST(EndpointUrl, IsASchemeAndAnAuthority) {
    EXPECT_EQ(parse_endpoint_url("http://127.0.0.1:9000")->authority, "127.0.0.1:9000");
    EXPECT_EQ(parse_endpoint_url("https://s3.example.org/")->scheme, "https");
    EXPECT_EQ(parse_endpoint_url("http://[::1]:9000")->authority, "[::1]:9000");
}

TEST(EndpointUrl, ThePortOfTheSchemeIsNotPartOfWhatIsSigned) {
    EXPECT_EQ(parse_endpoint_url("http://a:80")->authority, "a");
    EXPECT_EQ(parse_endpoint_url("https://a:443")->authority, "a");
    EXPECT_EQ(parse_endpoint_url("https://a:80")->authority, "a:80");
}

TEST(EndpointUrl, AnythingElseIsRefused) {
    for (const std::string url : {"", "s3.example.org", "ftp://a", "http://", "http://a/b",
                                  "http://u@a", "http://a?x", "http://A", "http://a b"}) {
        const auto parsed = parse_endpoint_url(url);
        ASSERT_FALSE(parsed) << url;
        EXPECT_EQ(parsed.error().code, Errc::invalid);
    }
}

TEST(AnswerTime, ReadsTheTimesOfAnswers) {
    const WallTime time = from_unix_millis(1'795'374'960'123);
    EXPECT_EQ(parse_rfc3339(format_rfc3339(time)), time);
    EXPECT_EQ(parse_rfc3339("2026-11-22T19:16:00Z"), from_unix_millis(1'795'374'960'000));
    EXPECT_EQ(parse_rfc3339("2026-11-22T19:16:00.1Z"), from_unix_millis(1'795'374'960'100));
    EXPECT_EQ(parse_rfc3339("2026-11-22T19:16:00.123999Z"), time);
}

TEST(AnswerTime, AnythingElseIsNone) {
    for (const std::string_view text :
         {"", "2026-11-22", "2026-11-22T19:16:00", "2026-11-22T19:16:00+01:00",
          "2026-11-22T19:16:00.Z", "2026-13-22T19:16:00Z", "2026-02-30T19:16:00Z",
          "2026-11-22T24:00:00Z", "2026-11-22 19:16:00Z", "2026-11-22T19-16-00Z"}) {
        EXPECT_EQ(parse_rfc3339(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace slipway::adapters::s3
