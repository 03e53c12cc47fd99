#include "http/authority.hpp"

#include <gtest/gtest.h>

#include <string>

namespace slipway::http {
namespace {

TEST(Authority, IsAHostWithOrWithoutAPort) {
    for (const auto* const text : {"", "a", "example.org", "a:", "a:0", "a:65535", "127.0.0.1:8080",
                                   "[::1]", "[::1]:80", "[::ffff:1.2.3.4]", "a-b_c.d", "%41"}) {
        EXPECT_EQ(parse_authority(text), text);
    }
    EXPECT_EQ(parse_authority("Example.ORG:80"), "example.org:80");
}

TEST(Authority, IsNothingElse) {
    for (const auto* const text :
         {"a/b",   "u@a",     "a b", "a,b",  "a:b", "a:65536", "a:-1",
          "a:+1",  "a:1:2",   "::1", "[::1", "[]",  "[1]",     "[::1]a",
          "[::g]", "[::1]:x", "a]",  "a\\b", "a#",  "a?b",     "\xc3\xa4"}) {
        EXPECT_EQ(parse_authority(text), std::nullopt) << text;
    }
}

TEST(AbsoluteTarget, IsTakenApart) {
    struct {
        const char* text;
        const char* authority;
        const char* origin_form;
    } const table[] = {{"http://a/b?c=/d", "a", "/b?c=/d"},
                       {"HTTPS://A:1", "A:1", "/"},
                       {"http://a?b=c", "a", "/?b=c"},
                       {"http:///b", "", "/b"},
                       {"http://u@a/b", "u@a", "/b"}};
    for (const auto& [text, authority, origin_form] : table) {
        const auto target = split_absolute_target(text);
        ASSERT_TRUE(target) << text;
        EXPECT_EQ(target->authority, authority) << text;
        EXPECT_EQ(target->origin_form, origin_form) << text;
    }
    for (const auto* const text :
         {"", "/", "/http://a/", "ftp://a/", "http:/a", "http", "*", "a:443"}) {
        EXPECT_FALSE(split_absolute_target(text)) << text;
    }
}

}  // namespace
}  // namespace slipway::http
