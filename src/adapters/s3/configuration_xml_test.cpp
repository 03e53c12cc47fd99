#include "adapters/s3/configuration_xml.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::s3 {
namespace {

TEST(ConfigurationXml, APartListHasEtagsInQuotes) {
    const auto text = format_part_list(
        {{PartNumber(1), "a", std::nullopt}, {PartNumber(10'000), "b<", crc64nvme_from(1)}});
    EXPECT_TRUE(text.ends_with(
        "<Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>"
        "<Part><PartNumber>10000</PartNumber><ETag>&quot;b&lt;&quot;</ETag>"
        "<ChecksumCRC64NVME>AAAAAAAAAAE=</ChecksumCRC64NVME></Part></CompleteMultipartUpload>"))
        << text;
}

TEST(ConfigurationXml, OnlyTheFirstRegionNeedsNoConstraint) {
    EXPECT_EQ(format_create_bucket("us-east-1"), "");
    EXPECT_TRUE(
        format_create_bucket("garage").contains("<LocationConstraint>garage</LocationConstraint>"));
}

TEST(ConfigurationXml, ALifecycleIsReadAsItWasWritten) {
    const std::vector<LifecycleRule> rules{
        {"stale", "", true, 7U, std::nullopt},
        {"old", "tmp/", false, std::nullopt, 30U},
    };
    const auto read = parse_lifecycle(format_lifecycle(rules));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, rules);
}

TEST(ConfigurationXml, TheOlderFormOfARuleIsRead) {
    const auto rules = parse_lifecycle(
        "<LifecycleConfiguration><Rule><Prefix>p</Prefix><Status>Enabled</Status>"
        "<Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>");
    ASSERT_TRUE(rules);
    EXPECT_EQ(rules->at(0), (LifecycleRule{"", "p", true, std::nullopt, 3U}));
    EXPECT_FALSE(parse_lifecycle("<CORSConfiguration/>"));
}

TEST(ConfigurationXml, CorsIsReadAsItWasWritten) {
    const std::vector<CorsRule> rules{
        {{"https://a.example", "https://b.example"}, {"PUT"}, {"*"}, {"ETag"}, 3600U},
        {{"*"}, {"GET", "HEAD"}, {}, {}, std::nullopt},
    };
    const auto read = parse_cors(format_cors(rules));
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(*read, rules);
    EXPECT_FALSE(parse_cors("<LifecycleConfiguration/>"));
}

}  // namespace
}  // namespace slipway::adapters::s3
