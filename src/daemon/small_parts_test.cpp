#include "daemon/small_parts.hpp"

#include <gtest/gtest.h>

namespace slipway::daemon {
namespace {

using adapters::s3::SmallParts;

Config config_of(const std::string& small_parts, const std::string& metadata) {
    Config config;
    config.storage.small_parts = small_parts;
    config.metadata.kind = metadata;
    config.stores.emplace_back();
    return config;
}

TEST(SmallPartsSetting, GoToTheStoreWhereOtherNodesMayCompleteTheUpload) {
    EXPECT_EQ(small_parts_of(config_of("auto", "embedded")), SmallParts::on_disk);
    EXPECT_EQ(small_parts_of(config_of("auto", "mariadb")), SmallParts::in_store);
    EXPECT_EQ(small_parts_of(config_of("store", "embedded")), SmallParts::in_store);
    EXPECT_EQ(small_parts_of(config_of("disk", "embedded")), SmallParts::on_disk);
}

TEST(SmallPartsSetting, OnTheDiskOfOneOfSeveralNodesTheyAreRefused) {
    const std::string refused = find_small_parts_contradiction(config_of("disk", "mariadb"));
    EXPECT_TRUE(refused.starts_with("storage.small_parts: ")) << refused;
    for (const Config& fine : {config_of("auto", "mariadb"), config_of("store", "mariadb"),
                               config_of("disk", "embedded")}) {
        EXPECT_EQ(find_small_parts_contradiction(fine), "");
    }
    // Without an S3 store there is nothing that it would be about.
    Config local = config_of("disk", "mariadb");
    local.stores.clear();
    EXPECT_EQ(find_small_parts_contradiction(local), "");
}

}  // namespace
}  // namespace slipway::daemon
