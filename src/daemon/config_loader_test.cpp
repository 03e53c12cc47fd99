#include "daemon/config_loader.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "daemon/settings.hpp"

namespace slipway::daemon {
namespace {

class ConfigLoader : public testing::Test {
 protected:
    std::string write(const std::string& content) {
        path_ = std::filesystem::temp_directory_path() /
                ("slipway-config-" + std::to_string(::getpid()) + ".toml");
        std::ofstream(path_) << content;
        return path_.string();
    }
    void TearDown() override { std::filesystem::remove(path_); }

    static std::string described(const std::string& name) {
        return "[[store]]\nname = \"" + name +
               "\"\nkind = \"s3\"\nendpoint = \"http://127.0.0.1:9\"\nbucket = \"files\"\n";
    }

    static Environment environment(std::map<std::string, std::string> values) {
        return [values](const std::string& name) -> std::optional<std::string> {
            const auto found = values.find(name);
            return found == values.end() ? std::nullopt : std::optional(found->second);
        };
    }

    static Result<Config> load(std::optional<std::string> file,
                               std::map<std::string, std::string> variables = {},
                               std::map<std::string, std::string> command_line = {}) {
        return load_config({.file = std::move(file),
                            .environment = environment(std::move(variables)),
                            .command_line = std::move(command_line)});
    }

    static Result<Config> load_overridden(const std::string& name, const std::string& value) {
        return load_config(
            {.overrides = {{"slipway/config/" + name, value}}, .environment = environment({})});
    }

    std::filesystem::path path_;
};

TEST_F(ConfigLoader, LaterSourcesWin) {
    const auto file =
        write("[server]\nlisten = \"0.0.0.0:1\"\nthreads = 3\n[limits]\nbuffer_budget = 2097152\n");
    const auto config =
        load(file, {{"SLIPWAY_SERVER_LISTEN", "0.0.0.0:2"}, {"SLIPWAY_LOG_LEVEL", "debug"}},
             {{"server.listen", "0.0.0.0:3"}});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->server.listen.port, 3);
    EXPECT_EQ(config->server.threads, 3U);
    EXPECT_EQ(config->limits.buffer_budget, 2_MiB);
    EXPECT_EQ(config->log.level, telemetry::Level::debug);
}

TEST_F(ConfigLoader, ConsulStandsBetweenTheFileAndTheServersOwnSources) {
    const auto file = write("[tasks]\nworkers = 3\n[limits]\nburst = 3\n[server]\nthreads = 3\n");
    const Overrides overrides{{"slipway/config/tasks.workers", "5"},
                              {"slipway/config/limits.burst", "5"},
                              {"slipway/config/server.threads", "5"}};
    const auto config = load_config({.file = file,
                                     .overrides = overrides,
                                     .environment = environment({{"SLIPWAY_LIMITS_BURST", "7"}}),
                                     .command_line = {{"server.threads", "9"}}});
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->tasks.workers, 5U);
    EXPECT_EQ(config->limits.burst, 7U);
    EXPECT_EQ(config->server.threads, 9U);
}

TEST_F(ConfigLoader, AMistakeInConsulIsToldWithItsKey) {
    EXPECT_EQ(load_overridden("limits.burst", "many").error().detail,
              "limits.burst: must be a whole number from 1 to 1000000 (Consul key "
              "slipway/config/limits.burst)");
    EXPECT_EQ(load_overridden("limits.bursts", "1").error().detail,
              "limits.bursts: is not a key (Consul key slipway/config/limits.bursts)");
}

TEST_F(ConfigLoader, WhatIsEachServersOwnIsNotTakenFromConsul) {
    for (const std::string name :
         {"server.listen", "server.admin_listen", "storage.data_dir", "auth.api_key_file",
          "consul.address", "consul.token_file", "webhooks.secret_file", "webhooks.ca",
          "redis.password_file", "redis.ca", "redis.sentinel_password_file", "kafka.password_file",
          "kafka.ca", "metadata.password_file", "metadata.ca"}) {
        const auto config = load_overridden(name, "127.0.0.1:1");
        ASSERT_FALSE(config) << name;
        EXPECT_TRUE(config.error().detail.contains("is each server's own")) << name;
    }
}

TEST_F(ConfigLoader, OneFastClientIsNotHeldByTheLimitOfParts) {
    constexpr ByteCount kTenGigabitsInASecond(10'000'000'000 / 8);
    constexpr ByteCount kSmallestPartOfAFastClient = 64_KiB;
    const auto config = load(std::nullopt);
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_GE(config->limits.parts_per_second * kSmallestPartOfAFastClient.value(),
              kTenGigabitsInASecond.value());
}

TEST_F(ConfigLoader, WhatItDoesNotUnderstandIsNamed) {
    const std::map<std::string, std::string> faults = {
        {"[server]\nlissten = \"x:1\"\n", "server.lissten"},
        {"[server]\nthreads = \"two\"\n", "server.threads"},
        {"[server]\nlisten = 8080\n", "server.listen"},
        {"[sever]\nlisten = \"x:1\"\n", "sever.listen"},
        {"listen = \"x:1\"\n", "listen"},
        {"[uploads]\ndefault_expiry = 60\n", "uploads.default_expiry"},
        {"[limits]\nbuffer_budget = \"1KiB\"\n", "limits.buffer_budget"},
        {"[limits]\nmax_parts_in_flight = -1\n", "limits.max_parts_in_flight"},
        {"[log]\nlevel = \"loud\"\n", "log.level"},
        {"[server]\npublic_url = \"example.org/\"\n", "server.public_url"},
        {"[uploads]\ndefault_expiry = \"2h\"\nmax_expiry = \"1h\"\n", "uploads.default_expiry"},
        {"[uploads]\ntemporary_ttl = \"0s\"\n", "uploads.temporary_ttl"},
        {"[limits]\nmax_form_file = 0\n", "limits.max_form_file"},
        {"[limits]\nmax_form_file = 5368709121\n", "limits.max_form_file"},
        {"[server\n", ".toml"},
        {"[store]\nname = \"main\"\n", "store"},
        {"[[store]]\nname = \"main\"\nkind = \"tape\"\n", "store.main.kind"},
        {described("main") + described("main"), "store.main"},
        {described("main") + described("local"), "store.local.name"},
        {described("local"), "store.local.name"},
        {"[stores]\nreplicas = 2\n" + described("main"), "stores.replicas"},
        {"[stores]\nreplicas = 0\n", "stores.replicas"},
        {"[stores]\nlost_parts = \"forget\"\n", "stores.lost_parts"},
    };
    for (const auto& [content, key] : faults) {
        const auto config = load(write(content));
        ASSERT_FALSE(config) << content;
        EXPECT_EQ(config.error().code, Errc::invalid);
        EXPECT_NE(config.error().detail.find(key), std::string::npos) << config.error().detail;
    }
    EXPECT_FALSE(load("/nowhere/slipway.toml"));
    EXPECT_FALSE(load(std::nullopt, {{"SLIPWAY_SERVER_THREADS", "x"}}));
}

TEST_F(ConfigLoader, WhatItPrintsIsWhatItReads) {
    auto config =
        load(std::nullopt, {}, {{"server.listen", "[::1]:9"}, {"storage.data_dir", "/a \"b\"\\c"}});
    ASSERT_TRUE(config);
    const auto again = load(write(print_config(*config)));
    ASSERT_TRUE(again) << again.error().detail;
    for (const Setting& setting : settings()) {
        EXPECT_EQ(setting.get(*config), setting.get(*again)) << setting.name;
    }
}

TEST_F(ConfigLoader, AStoreStandsInTheFileBesidesTheSettings) {
    const auto config = load(write("[server]\nthreads = 3\n" + described("main")));
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(config->server.threads, 3U);
    ASSERT_EQ(config->stores.size(), 1U);
    EXPECT_EQ(config->stores.front().bucket, "files");
    const auto again = load(write(print_config(*config)));
    ASSERT_TRUE(again) << again.error().detail;
    ASSERT_EQ(again->stores.size(), 1U);
    EXPECT_EQ(again->stores.front().endpoint.url, "http://127.0.0.1:9");
    EXPECT_TRUE(load(std::nullopt)->stores.empty());
}

TEST_F(ConfigLoader, TheEnvironmentNamesEveryKey) {
    EXPECT_EQ(environment_name("limits.buffer_budget"), "SLIPWAY_LIMITS_BUFFER_BUDGET");
}

}  // namespace
}  // namespace slipway::daemon
