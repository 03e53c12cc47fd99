#include "api/idempotency_key.hpp"

#include <gtest/gtest.h>

namespace slipway::api {
namespace {

std::optional<std::string> key_of(std::string_view field) {
    http::Headers headers;
    headers.add("idempotency-key", field);
    const auto key = idempotency_key(headers);
    return key ? *key : std::nullopt;
}

TEST(IdempotencyKey, IsAStringOrABareToken) {
    EXPECT_EQ(key_of(R"("8e03978e-40d5")"), "8e03978e-40d5");
    EXPECT_EQ(key_of("8e03978e-40d5"), "8e03978e-40d5");
    EXPECT_EQ(key_of(R"("a \"b\" \\ c")"), R"(a "b" \ c)");
    EXPECT_EQ(key_of("a:b/c+d=e_f~"), "a:b/c+d=e_f~");
    EXPECT_EQ(key_of(std::string(255, 'k')), std::string(255, 'k'));
    EXPECT_EQ(key_of('"' + std::string(255, 'k') + '"'), std::string(255, 'k'));
}

TEST(IdempotencyKey, NoFieldIsNoFault) {
    const auto key = idempotency_key({});
    ASSERT_TRUE(key);
    EXPECT_FALSE(*key);
}

TEST(IdempotencyKey, WhatIsNeitherIsRefused) {
    for (const std::string& field :
         {std::string(), std::string(R"("")"), std::string("\""), std::string(R"("a)"),
          std::string(R"(a")"), std::string(R"("a"b")"), std::string(R"("a\")"),
          std::string(R"("a\n")"), std::string(R"("a";p=1)"), std::string("a b"),
          std::string("a,b"), std::string("a;b"), std::string("a\tb"), std::string("\xC3\xA9"),
          std::string("\"\xC3\xA9\""), std::string(256, 'k'), '"' + std::string(256, 'k') + '"'}) {
        EXPECT_FALSE(key_of(field)) << field;
    }
    http::Headers twice;
    twice.add("Idempotency-Key", "a");
    twice.add("Idempotency-Key", "a");
    EXPECT_FALSE(idempotency_key(twice));
}

}  // namespace
}  // namespace slipway::api
