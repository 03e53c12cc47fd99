#include "daemon/redis_settings.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/metadata_settings.hpp"
#include "daemon/secret_text.hpp"
#include "daemon/values.hpp"

namespace slipway::daemon {

namespace {

using adapters::redis::ServerAddress;

std::optional<ServerAddress> address_of(std::string_view text) {
    auto address = parse_address(text);
    if (!address || address->host.empty() || address->port == 0) {
        return std::nullopt;
    }
    return ServerAddress{.host = std::move(address->host), .port = address->port};
}

bool is_address(std::string_view text) {
    return address_of(text).has_value();
}

Result<> load_passwords(const Environment& environment, const Config::Redis& redis,
                        adapters::redis::RedisOptions& options) {
    auto password = load_secret(environment, {.variable = "SLIPWAY_REDIS_PASSWORD",
                                              .key = "redis.password_file",
                                              .file = redis.password_file});
    auto of_sentinels = load_secret(environment, {.variable = "SLIPWAY_REDIS_SENTINEL_PASSWORD",
                                                  .key = "redis.sentinel_password_file",
                                                  .file = redis.sentinel_password_file});
    if (!password || !of_sentinels) {
        return std::unexpected(password ? of_sentinels.error() : password.error());
    }
    options.password = std::move(*password).value_or("");
    options.sentinel_password = std::move(*of_sentinels).value_or("");
    return {};
}

}  // namespace

bool uses_redis(const Config::Redis& redis) {
    return !redis.address.empty() || !redis.sentinels.empty();
}

std::string find_redis_contradiction(const Config& config) {
    const auto& redis = config.redis;
    if (redis.sentinels.empty() != redis.master_name.empty()) {
        return redis.sentinels.empty()
                   ? "redis.master_name: is for redis.sentinels, and there are none"
                   : "redis.master_name: must say what the sentinels call the master";
    }
    if (!uses_redis(redis)) {
        return "";
    }
    const std::string key = redis.address.empty() ? "redis.sentinels" : "redis.address";
    if (!redis.address.empty() && !redis.sentinels.empty()) {
        return "redis.sentinels: is for clusters in which redis.address does not say where Redis "
               "is";
    }
    if (!redis.address.empty() && !is_address(redis.address)) {
        return "redis.address: must be HOST:PORT";
    }
    if (!std::ranges::all_of(addresses(redis.sentinels), is_address)) {
        return "redis.sentinels: must be HOST:PORT, separated by commas, without blanks";
    }
    if (redis.sentinels.empty() && !redis.sentinel_password_file.empty()) {
        return "redis.sentinel_password_file: is for redis.sentinels, and there are none";
    }
    if (!redis.tls && !redis.ca.empty()) {
        return "redis.ca: is for redis.tls, and that is off";
    }
    if (config.metadata.kind != kMariaDbMetadata) {
        return key + ": is for metadata.kind = \"mariadb\": the embedded catalog is faster without";
    }
    return "";
}

Result<adapters::redis::RedisOptions> redis_options(const Environment& environment,
                                                    const Config::Redis& redis) {
    adapters::redis::RedisOptions options;
    if (auto address = address_of(redis.address)) {
        options.server = std::move(*address);
    }
    for (const auto& text : addresses(redis.sentinels)) {
        options.sentinels.push_back(address_of(text).value_or(ServerAddress()));
    }
    options.master_name = redis.master_name;
    options.database = redis.database;
    if (auto loaded = load_passwords(environment, redis, options); !loaded) {
        return std::unexpected(std::move(loaded.error()));
    }
    if (redis.tls) {
        auto trust = http::TlsContext::make(redis.ca);
        if (!trust) {
            return failure(Errc::invalid, "redis.ca: " + trust.error().detail);
        }
        options.tls = std::move(*trust);
    }
    return options;
}

}  // namespace slipway::daemon
