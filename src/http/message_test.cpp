#include "http/message.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace slipway::http {
namespace {

using Strings = std::vector<std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Method, ReadsBackWhatItWrites) {
    for (const auto method : {Method::get, Method::head, Method::post, Method::put, Method::delete_,
                              Method::options, Method::patch}) {
        EXPECT_EQ(parse_method(to_string(method)), method);
    }
    EXPECT_EQ(parse_method("get"), Method::other);
    EXPECT_EQ(parse_method("BREW"), Method::other);
}

TEST(Headers, FindWithoutCaseAndReplaceEveryLine) {
    Headers headers;
    headers.add("A", "1");
    headers.add("b", "2");
    headers.add("a", "3");
    EXPECT_EQ(headers.find("a"), "1");
    EXPECT_EQ(headers.count("A"), 2U);
    headers.set("A", *headers.find("B"));
    EXPECT_EQ(headers.lines(), (Pairs{{"b", "2"}, {"A", "2"}}));
    EXPECT_EQ(headers.find("c"), std::nullopt);
}

TEST(Target, IsTakenApartAndDecoded) {
    const auto target = parse_target("/a%20b//c?x=1&y=%2F+&x=2&flag&&=v");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/a%20b//c");
    EXPECT_EQ(target->segments, (Strings{"a b", "", "c"}));
    EXPECT_EQ(target->query, (Pairs{{"x", "1"}, {"y", "/+"}, {"x", "2"}, {"flag", ""}, {"", "v"}}));
    EXPECT_EQ(target->parameter("y"), "/+");
    EXPECT_EQ(target->parameter("x"), std::nullopt);
    EXPECT_EQ(target->parameter("z"), std::nullopt);
}

TEST(Target, OfTheRootHasNoSegments) {
    ASSERT_TRUE(parse_target("/"));
    EXPECT_EQ(parse_target("/")->segments, Strings{});
    EXPECT_EQ(parse_target("/?")->segments, Strings{});
    EXPECT_EQ(parse_target("/a/")->segments, (Strings{"a", ""}));
    EXPECT_EQ(parse_target("/a...")->segments, (Strings{"a..."}));
}

TEST(Target, RefusesWhatCouldMeanAnotherPath) {
    for (const auto* const text :
         {"",          "*",       "a",       "http://h/", "h:80",  "/%",        "/%4",
          "/%zz",      "/a%00",   "/a%2fb",  "/a%2Fb",    "/.",    "/..",       "/a/../b",
          "/%2e%2E/b", "/.%2e",   "/a#b",    "/a b",      "/a\tb", "/\xc3\xa9", "/%ff",
          "/%c0%af",   "/?a=%00", "/?%ff=1", "/?a=%f"}) {
        EXPECT_FALSE(parse_target(text)) << text;
    }
}

}  // namespace
}  // namespace slipway::http
