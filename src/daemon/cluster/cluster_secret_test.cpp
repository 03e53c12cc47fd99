#include "daemon/cluster/cluster_secret.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <vector>

#include "support/temp_directory.hpp"

namespace slipway::daemon {
namespace {

constexpr const char* kGood = "0123456789abcdef0123456789abcdef";

Environment with(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const std::string& name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

Result<std::optional<std::string>> load(const std::string& text) {
    return load_cluster_secret(with({{"SLIPWAY_AUTH_CLUSTER_SECRET", text}}), {});
}

TEST(ClusterSecret, ComesFromTheEnvironmentOrAFile) {
    EXPECT_EQ(load(std::string(kGood) + "\n").value(), kGood);
    const support::TempDirectory directory;
    Config config;
    config.auth.cluster_secret_file = (directory.path() / "secret").string();
    std::ofstream(config.auth.cluster_secret_file) << kGood << "\n";
    EXPECT_EQ(load_cluster_secret(with({}), config).value(), kGood);
    EXPECT_EQ(load_cluster_secret(with({}), {}).value(), std::nullopt);
    config.auth.cluster_secret_file += ".not";
    EXPECT_FALSE(load_cluster_secret(with({}), config));
}

TEST(ClusterSecret, IsRefusedWhereItCanBeGuessed) {
    const std::vector<std::string> weak = {std::string(), std::string(kGood).substr(1),
                                           std::string(64, 'x'),
                                           std::string("abcabcabcabcabcabcabcabcabcabcabcabc")};
    for (const std::string& text : weak) {
        const auto refused = load(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, Errc::invalid);
        EXPECT_TRUE(text.empty() || !refused.error().detail.contains(text));
    }
}

}  // namespace
}  // namespace slipway::daemon
