#include "telemetry/trace_context.hpp"

#include <gtest/gtest.h>

namespace slipway::telemetry {
namespace {

constexpr std::string_view kGood = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, ReadsAndWritesTheRecommendationsExample) {
    const auto context = parse_traceparent(kGood);
    ASSERT_TRUE(context);
    EXPECT_EQ(context->trace_id_text(), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(context->span_id_text(), "b7ad6b7169203331");
    EXPECT_TRUE(context->sampled);
    EXPECT_EQ(format_traceparent(*context), kGood);
}

TEST(TraceContext, TakesOfFlagsOnlyTheOneItKnows) {
    const auto context =
        parse_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe");
    ASSERT_TRUE(context);
    EXPECT_FALSE(context->sampled);
}

TEST(TraceContext, TakesLaterVersionsAsFarAsItKnowsThem) {
    EXPECT_TRUE(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    EXPECT_TRUE(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what"));
    EXPECT_FALSE(parse_traceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x"));
}

TEST(TraceContext, RefusesEverythingElse) {
    for (const std::string_view text :
         {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
          "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "0G-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "00-0af7651916cd43dd8448eb211c80319c-B7ad6b7169203331-01",
          "00-00000000000000000000000000000000-b7ad6b7169203331-01",
          "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
          "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 "}) {
        EXPECT_FALSE(parse_traceparent(text)) << text;
    }
}

TEST(TraceContext, TakesListsOfTheGrammar) {
    for (const std::string_view text :
         {"", "a=1", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1,,b=2", "a=1 ,\tb=2",
          "fw529a3039@dt=FfYpNC", "0tenant@s=x", "a=x y", "a/b*c-d_e=~"}) {
        EXPECT_TRUE(is_tracestate(text)) << text;
    }
    std::string most;
    for (int i = 0; i < 32; ++i) {
        most += "k" + std::to_string(i) + "=v,";
    }
    EXPECT_TRUE(is_tracestate(most));
    EXPECT_FALSE(is_tracestate(most + "one=more"));
    EXPECT_TRUE(is_tracestate("a=" + std::string(256, 'v')));
    EXPECT_FALSE(is_tracestate("a=" + std::string(257, 'v')));
    EXPECT_TRUE(is_tracestate(std::string(256, 'a') + "=" + std::string(255, 'v')));
    EXPECT_FALSE(is_tracestate(std::string(257, 'a') + "=1"));
    EXPECT_FALSE(is_tracestate(std::string(256, 'a') + "=" + std::string(256, 'v')));
}

TEST(TraceContext, RefusesOtherLists) {
    for (const std::string_view text :
         {"a", "=1", "a=", "A=1", "1=1", "a b=1", "a=1,a=2", "a=b=c", "a=\x01", "a=\xc3\xa4",
          "@s=1", "t@=1", "t@1s=1", "t@sssssssssssssss=1", "t@s@x=1", "-t@s=1"}) {
        EXPECT_FALSE(is_tracestate(text)) << text;
    }
}

}  // namespace
}  // namespace slipway::telemetry
