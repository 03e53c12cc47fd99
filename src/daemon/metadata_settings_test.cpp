#include "daemon/metadata_settings.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "contract/temp_directory.hpp"

namespace slipway::daemon {
namespace {

Environment environment_of(std::map<std::string, std::string> values) {
    return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
        const auto found = values.find(name);
        return found == values.end() ? std::nullopt : std::optional(found->second);
    };
}

Config::Metadata mariadb() {
    Config::Metadata metadata;
    metadata.kind = "mariadb";
    metadata.url = "mysql://up@db:3307/uploads";
    return metadata;
}

TEST(MetadataSettings, ContradictionsNameTheirKey) {
    EXPECT_EQ(find_metadata_contradiction({}), "");
    EXPECT_EQ(find_metadata_contradiction(mariadb()), "");
    auto wrong = mariadb();
    wrong.kind = "embedded";
    EXPECT_TRUE(find_metadata_contradiction(wrong).starts_with("metadata.url: "));
    wrong = mariadb();
    wrong.url = "";
    EXPECT_TRUE(find_metadata_contradiction(wrong).starts_with("metadata.url: "));
    wrong.url = "mysql://up:secret@db/uploads";
    EXPECT_TRUE(find_metadata_contradiction(wrong).starts_with("metadata.url: "));
    EXPECT_FALSE(find_metadata_contradiction(wrong).contains("secret"));
    wrong = mariadb();
    wrong.ca = "ca.pem";
    EXPECT_TRUE(find_metadata_contradiction(wrong).starts_with("metadata.ca: "));
    wrong.tls = true;
    EXPECT_EQ(find_metadata_contradiction(wrong), "");
}

TEST(MetadataSettings, RedisAcknowledgesWhereEverythingForItIsThere) {
    Config config;
    EXPECT_EQ(find_ack_contradiction(config), "");
    config.metadata = mariadb();
    EXPECT_EQ(find_ack_contradiction(config), "");
    config.metadata.ack = "redis";
    EXPECT_TRUE(find_ack_contradiction(config).contains("needs redis.address"));
    config.redis.address = "127.0.0.1:6379";
    EXPECT_TRUE(find_ack_contradiction(config).contains("needs a [[store]]"));
    config.stores.emplace_back();
    EXPECT_EQ(find_ack_contradiction(config), "");
    config.metadata.kind = "embedded";
    EXPECT_TRUE(find_ack_contradiction(config).contains("is for metadata.kind"));
}

TEST(MetadataSettings, ThePasswordComesFromTheEnvironmentOrAFile) {
    const contract::TempDirectory directory;
    auto metadata = mariadb();
    EXPECT_EQ(load_server_address(environment_of({}), metadata).error().code, Errc::invalid);
    metadata.password_file = directory.path() / "password";
    EXPECT_EQ(load_server_address(environment_of({}), metadata).error().code, Errc::invalid);
    std::ofstream(metadata.password_file) << "from a file\n";
    EXPECT_EQ(load_server_address(environment_of({}), metadata)->password, "from a file");
    const auto both = environment_of({{"SLIPWAY_METADATA_PASSWORD", "from outside"}});
    EXPECT_EQ(load_server_address(both, metadata)->password, "from outside");
    EXPECT_EQ(load_server_address(both, metadata)->host, "db");
}

}  // namespace
}  // namespace slipway::daemon
