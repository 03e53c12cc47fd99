#include "adapters/s3/object_name.hpp"

#include <gtest/gtest.h>

#include "adapters/s3/attributes.hpp"

namespace slipway::adapters::s3 {
namespace {

TEST(ObjectName, BucketsHaveTheNamesThatEveryStoreTakes) {
    for (const std::string& good :
         {std::string("abc"), std::string("a-b.c"), std::string("0ab"), std::string(63, 'a')}) {
        EXPECT_TRUE(check_bucket_name(good)) << good;
    }
    for (const std::string& bad : {std::string(), std::string("ab"), std::string("Abc"),
                                   std::string("-ab"), std::string("ab-"), std::string("a_b"),
                                   std::string("a/b"), std::string("a b"), std::string(64, 'a')}) {
        EXPECT_FALSE(check_bucket_name(bad)) << bad;
    }
}

TEST(ObjectName, KeysAreThoseThatNobodyChangesOnTheWay) {
    for (const std::string& good : {std::string("a"), std::string("a/b c+d%20"), std::string("..."),
                                    std::string("\xc3\xbc"), std::string(1024, 'k')}) {
        EXPECT_TRUE(check_object_name({"bucket", good})) << good;
    }
    for (const std::string& bad :
         {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"),
          std::string("."), std::string("a/.."), std::string("a\x1f"), std::string("a\x7f"),
          std::string("\xc3"), std::string("a\0b", 3), std::string(1025, 'k')}) {
        EXPECT_FALSE(check_object_name({"bucket", bad})) << bad;
    }
    EXPECT_FALSE(check_object_name({"b", "key"}));
}

TEST(Attributes, AreThoseThatFieldsCarryUnchanged) {
    const auto fits = [](std::string name, std::string value) {
        return check_attributes({"text/plain", {{std::move(name), std::move(value)}}}).has_value();
    };
    EXPECT_TRUE(fits("a-1", "two words"));
    EXPECT_TRUE(fits("a", ""));
    EXPECT_FALSE(fits("", "x"));
    EXPECT_FALSE(fits("A", "x"));
    EXPECT_FALSE(fits("a b", "x"));
    EXPECT_FALSE(fits("a", " x"));
    EXPECT_FALSE(fits("a", "x "));
    EXPECT_FALSE(fits("a", "x  y"));
    EXPECT_FALSE(fits("a", "x\r\ny"));
    EXPECT_FALSE(fits("a", "\xc3\xbc"));
    EXPECT_TRUE(fits("a", std::string(2047, 'x')));
    EXPECT_FALSE(fits("a", std::string(2048, 'x')));
    EXPECT_FALSE(check_attributes({"text/plain\n", {}}));
}

TEST(Attributes, AreReadAsTheyWereWritten) {
    const ObjectAttributes attributes{"text/plain", {{"a", "1"}, {"b-c", "two words"}}};
    http::Headers headers;
    for (const auto& [name, value] : fields_of(attributes)) {
        headers.add(name, value);
    }
    headers.add("X-Amz-Meta-Upper", "x");
    headers.add("x-amz-other", "y");
    const auto read = attributes_of(headers);
    EXPECT_EQ(read.content_type, "text/plain");
    EXPECT_EQ(read.metadata, (Metadata{{"a", "1"}, {"b-c", "two words"}, {"upper", "x"}}));
}

}  // namespace
}  // namespace slipway::adapters::s3
