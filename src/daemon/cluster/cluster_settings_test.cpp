#include "daemon/cluster/cluster_settings.hpp"

#include <gtest/gtest.h>

namespace slipway::daemon {
namespace {

bool takes(Config& config, const char* text) {
    return !roles_setting().set(config, text);
}

TEST(ClusterSettings, RolesAreOneOrBoth) {
    Config config;
    EXPECT_EQ(roles_setting().get(config), "api,worker");
    ASSERT_TRUE(takes(config, "worker"));
    EXPECT_FALSE(config.roles.api);
    EXPECT_TRUE(config.roles.worker);
    EXPECT_EQ(roles_setting().get(config), "worker");
    ASSERT_TRUE(takes(config, "worker,api"));
    EXPECT_TRUE(config.roles.api && config.roles.worker);
    ASSERT_TRUE(takes(config, "api"));
    EXPECT_FALSE(config.roles.worker);
    for (const char* text : {"", ",", "api,api", "api,worker,api", "apis", "api,relay"}) {
        EXPECT_FALSE(takes(config, text)) << text;
    }
    EXPECT_EQ(roles_setting().get(config), "api") << "what is refused changes nothing";
}

TEST(ClusterSettings, AServerAloneDoesEverything) {
    Config config;
    EXPECT_EQ(find_cluster_contradiction(config), "");
    config.roles.worker = false;
    EXPECT_TRUE(find_cluster_contradiction(config).starts_with("node.roles: "));
    config.metadata.kind = "mariadb";
    EXPECT_EQ(find_cluster_contradiction(config), "");
    config.roles = {.api = false, .worker = true};
    EXPECT_EQ(find_cluster_contradiction(config), "");
    config.server.admin_listen = ListenAddress{};
    EXPECT_TRUE(find_cluster_contradiction(config).starts_with("server.admin_listen: "));
}

TEST(ClusterSettings, TheSecretIsForSeveralServers) {
    Config config;
    config.auth.cluster_secret_file = "/etc/slipway/cluster";
    EXPECT_TRUE(find_cluster_contradiction(config).starts_with("auth.cluster_secret_file: "));
    config.metadata.kind = "mariadb";
    EXPECT_EQ(find_cluster_contradiction(config), "");
}

}  // namespace
}  // namespace slipway::daemon
