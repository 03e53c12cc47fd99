#include "daemon/consul/consul_settings.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace slipway::daemon {
namespace {

Config config_with_consul() {
    Config config;
    config.consul.address = "http://127.0.0.1:8500";
    return config;
}

TEST(ConsulSettings, FindsWhatCannotBe) {
    EXPECT_EQ(find_consul_contradiction(Config()), "");
    EXPECT_EQ(find_consul_contradiction(config_with_consul()), "");
    const auto begins = [](const Config& config, std::string_view key) {
        return find_consul_contradiction(config).starts_with(key);
    };
    for (const char* address : {"127.0.0.1:8500", "ftp://h:1", "http://", "http://h:8500/",
                                "http://h:8500/v1", "http://h:8500?a", "http://u@h:1"}) {
        Config config;
        config.consul.address = address;
        EXPECT_TRUE(begins(config, "consul.address: ")) << address;
    }
    for (const char* name : {"", "Slipway", "a.b", "-a", "a-", "a b"}) {
        Config config;
        config.consul.service = name;
        EXPECT_TRUE(begins(config, "consul.service: ")) << name;
    }
    auto longest = config_with_consul();
    longest.consul.service = std::string(63, 'a');
    EXPECT_EQ(find_consul_contradiction(longest), "");
    longest.consul.service += 'a';
    EXPECT_TRUE(begins(longest, "consul.service: "));
    Config tagged;
    tagged.consul.tags = "a,b c";
    EXPECT_TRUE(begins(tagged, "consul.tags: "));
}

TEST(ConsulSettings, AWildcardIsNoAddressForOthers) {
    for (const char* host : {"0.0.0.0", "::"}) {
        auto config = config_with_consul();
        config.server.listen.host = host;
        EXPECT_TRUE(find_consul_contradiction(config).starts_with("consul.advertise: ")) << host;
        config.consul.advertise = ListenAddress{"192.0.2.1", 0};
        EXPECT_EQ(find_consul_contradiction(config), "");
        config.consul.advertise = ListenAddress{host, 1};
        EXPECT_TRUE(find_consul_contradiction(config).starts_with("consul.advertise: "));
    }
    Config without;
    without.server.listen.host = "0.0.0.0";
    EXPECT_EQ(find_consul_contradiction(without), "");
}

TEST(ConsulSettings, RegistersWhereItListens) {
    const auto service = registration_of(config_with_consul(), {.port = 1234});
    EXPECT_EQ(service.id, "slipway-127.0.0.1:1234");
    EXPECT_EQ(service.address, "127.0.0.1");
    EXPECT_EQ(service.port, 1234);
    EXPECT_EQ(service.check_url, "http://127.0.0.1:1234/readyz");
    EXPECT_EQ(service.check_interval, std::chrono::seconds(10));
    EXPECT_EQ(service.meta.at("admin_address"), "127.0.0.1:1234");
    EXPECT_FALSE(service.meta.contains("zone"));
}

TEST(ConsulSettings, RegistersWhatItIsToldToAdvertise) {
    auto config = config_with_consul();
    config.server.listen = {"::", 80};
    config.server.admin_listen = ListenAddress{"0.0.0.0", 81};
    config.server.public_url = "https://files.example.org";
    config.consul.advertise = ListenAddress{"2001:db8::1", 0};
    config.consul.tags = "a,b";
    config.consul.zone = "north";
    config.consul.weight = 5;
    const auto service = registration_of(config, {.port = 80, .admin = 8181});
    EXPECT_EQ(service.id, "slipway-[2001:db8::1]:80");
    EXPECT_EQ(service.address, "2001:db8::1");
    EXPECT_EQ(service.port, 80);
    EXPECT_EQ(service.check_url, "http://[2001:db8::1]:8181/readyz");
    EXPECT_EQ(service.tags, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(service.weight, 5U);
    EXPECT_EQ(service.meta.at("zone"), "north");
    EXPECT_EQ(service.meta.at("public_url"), "https://files.example.org");
    config.consul.advertise->port = 443;
    config.server.admin_listen->host = "10.0.0.1";
    const auto other = registration_of(config, {.port = 80, .admin = 8181});
    EXPECT_EQ(other.port, 443);
    EXPECT_EQ(other.check_url, "http://10.0.0.1:8181/readyz");
}

TEST(ConsulSettings, TheTokenComesFromEnvironmentOrFile) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("slipway-consul-token-" + std::to_string(::getpid()));
    std::ofstream(path) << "from-file\n";
    const Environment none = [](const std::string&) { return std::nullopt; };
    Config::Consul consul;
    EXPECT_EQ(consul_options(none, consul)->token, "");
    consul.token_file = path.string();
    EXPECT_EQ(consul_options(none, consul)->token, "from-file");
    const Environment set = [](const std::string& name) {
        return name == "SLIPWAY_CONSUL_TOKEN" ? std::optional<std::string>("from-environment")
                                              : std::nullopt;
    };
    EXPECT_EQ(consul_options(set, consul)->token, "from-environment");
    std::ofstream(path) << "two words";
    EXPECT_EQ(consul_options(none, consul).error().code, Errc::invalid);
    std::filesystem::remove(path);
    EXPECT_TRUE(consul_options(none, consul).error().detail.starts_with("consul.token_file: "));
}

}  // namespace
}  // namespace slipway::daemon
