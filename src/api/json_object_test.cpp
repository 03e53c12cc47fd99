#include "api/json_object.hpp"

#include <gtest/gtest.h>

#include <string>

namespace slipway::api {
namespace {

std::string nested(std::size_t depth) {
    std::string text = "{}";
    for (std::size_t i = 1; i < depth; ++i) {
        text.insert(0, R"({"a":)").append("}");
    }
    return text;
}

TEST(JsonObject, IsOneObjectOfUniqueMembers) {
    for (const auto* const text :
         {"{}", " {\"a\":1}\n", R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})", R"({"":null,"ä":"ä"})"}) {
        EXPECT_TRUE(parse_object(text)) << text;
    }
}

TEST(JsonObject, IsNothingElse) {
    for (const auto* const text :
         {"", "null", "[]", "1", "\"a\"", "{", "{}{}", "{} x", "{a:1}", "{'a':1}", R"({"a":1,})",
          R"({"a":01})", R"({"a":NaN})", "{\"a\":\"\xff\"}", "{\"a\":\"\xc0\x80\"}",
          R"({"a":"\ud800"})", R"({"a":1 /* */})", "\xef\xbb\xbf{}", "{\"a\":\"\n\"}"}) {
        EXPECT_FALSE(parse_object(text)) << text;
    }
}

TEST(JsonObject, HasNoTwoMembersOfOneName) {
    for (const auto* const text :
         {R"({"a":1,"a":1})", R"({"a":1,"b":2,"\u0061":3})", R"({"a":{"b":1,"b":2}})",
          R"({"a":{"b":1},"a":{}})", R"({"a":{},"a":{"b":1}})", R"({"a":[{"b":1,"b":2}]})",
          R"({"a":{"x":1},"a":{"y":1,"z":2}})"}) {
        EXPECT_FALSE(parse_object(text)) << text;
    }
}

TEST(JsonObject, NestsToALimit) {
    EXPECT_TRUE(parse_object(nested(kMaxJsonDepth)));
    EXPECT_FALSE(parse_object(nested(kMaxJsonDepth + 1)));
    EXPECT_FALSE(parse_object("{\"a\":" + std::string(100'000, '[')));
}

}  // namespace
}  // namespace slipway::api
