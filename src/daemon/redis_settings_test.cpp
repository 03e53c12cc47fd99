#include "daemon/redis_settings.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace slipway::daemon {
namespace {

const Environment kNothing = [](const std::string&) { return std::nullopt; };

Config over_mariadb() {
    Config config;
    config.metadata.kind = "mariadb";
    config.metadata.url = "mysql://slipway@127.0.0.1/slipway";
    return config;
}

Config::Redis watched_by(std::string sentinels) {
    Config::Redis redis;
    redis.sentinels = std::move(sentinels);
    redis.master_name = "m";
    return redis;
}

TEST(RedisSettings, FindsWhatCannotBe) {
    EXPECT_EQ(find_redis_contradiction(Config()), "");
    auto config = over_mariadb();
    const auto names = [&](std::string_view key) {
        return find_redis_contradiction(config).starts_with(key);
    };
    for (const char* address : {"redis", "redis:", ":6379", "redis:0", "redis:65536", "a b:1x"}) {
        config.redis.address = address;
        EXPECT_TRUE(names("redis.address: must be")) << address;
    }
    config.redis.address = "127.0.0.1:6379";
    EXPECT_EQ(find_redis_contradiction(config), "");
    config.redis.sentinel_password_file = "/password";
    EXPECT_TRUE(names("redis.sentinel_password_file: is for redis.sentinels"));
    config.redis.sentinel_password_file.clear();
    config.redis.master_name = "main";
    EXPECT_TRUE(names("redis.master_name: is for redis.sentinels"));
    config.redis.sentinels = "10.0.0.1:26379";
    EXPECT_TRUE(names("redis.sentinels: is for clusters"));
    config.redis.address.clear();
    EXPECT_EQ(find_redis_contradiction(config), "");
    config.redis.sentinels = "10.0.0.1:26379,[2001:db8::1]:26379";
    EXPECT_EQ(find_redis_contradiction(config), "");
    config.redis.ca = "/ca.pem";
    EXPECT_TRUE(names("redis.ca: is for redis.tls"));
    config.redis.ca.clear();
    config.redis.sentinels = "10.0.0.1:26379, 10.0.0.2";
    EXPECT_TRUE(names("redis.sentinels: must be"));
    config.redis.sentinels = "10.0.0.1:26379";
    config.redis.master_name.clear();
    EXPECT_TRUE(names("redis.master_name: must say"));
}

TEST(RedisSettings, IsForTheCatalogInMariaDb) {
    Config config;
    config.redis.address = "127.0.0.1:6379";
    EXPECT_TRUE(find_redis_contradiction(config).starts_with("redis.address: is for metadata."));
    config.redis = watched_by("a:1");
    EXPECT_TRUE(find_redis_contradiction(config).starts_with("redis.sentinels: is for metadata."));
}

TEST(RedisSettings, SayWhereItIs) {
    Config::Redis redis;
    redis.address = "[::1]:6380";
    redis.database = 7;
    const auto options = redis_options(kNothing, redis);
    EXPECT_EQ(options->server, (adapters::redis::ServerAddress{"::1", 6380}));
    EXPECT_EQ(options->database, 7U);
    EXPECT_EQ(options->password, "");
    redis = watched_by("a:1,b:2");
    const auto watched = redis_options(kNothing, redis);
    EXPECT_EQ(watched->sentinels.size(), 2U);
    EXPECT_EQ(watched->sentinels[1], (adapters::redis::ServerAddress{"b", 2}));
    EXPECT_EQ(watched->master_name, "m");
}

TEST(RedisSettings, TheSentinelsHaveAPasswordOfTheirOwn) {
    const Environment set = [](const std::string& name) {
        return name == "SLIPWAY_REDIS_SENTINEL_PASSWORD"
                   ? std::optional<std::string>("of sentinels")
                   : std::nullopt;
    };
    Config::Redis redis = watched_by("a:1");
    EXPECT_EQ(redis_options(set, redis)->sentinel_password, "of sentinels");
    EXPECT_EQ(redis_options(set, redis)->password, "");
    redis.sentinel_password_file = "/nowhere/at/all";
    const auto missing = redis_options(kNothing, redis);
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().detail.starts_with("redis.sentinel_password_file: "));
}

TEST(RedisSettings, TlsTrustsAuthoritiesThatAreThere) {
    Config::Redis redis;
    redis.address = "a:1";
    EXPECT_EQ(redis_options(kNothing, redis)->tls, nullptr);
    redis.tls = true;
    redis.ca = "/nowhere/at/all";
    const auto missing = redis_options(kNothing, redis);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, Errc::invalid);
    EXPECT_TRUE(missing.error().detail.starts_with("redis.ca: ")) << missing.error().detail;
}

TEST(RedisSettings, ThePasswordComesFromEnvironmentOrFile) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("slipway-redis-password-" + std::to_string(::getpid()));
    std::ofstream(path) << " from file\n";
    Config::Redis redis;
    redis.address = "a:1";
    redis.password_file = path.string();
    EXPECT_EQ(redis_options(kNothing, redis)->password, " from file");
    const Environment set = [](const std::string& name) {
        return name == "SLIPWAY_REDIS_PASSWORD" ? std::optional<std::string>("from environment")
                                                : std::nullopt;
    };
    EXPECT_EQ(redis_options(set, redis)->password, "from environment");
    std::filesystem::remove(path);
    const auto missing = redis_options(kNothing, redis);
    ASSERT_FALSE(missing);
    EXPECT_TRUE(missing.error().detail.starts_with("redis.password_file: "));
}

}  // namespace
}  // namespace slipway::daemon
