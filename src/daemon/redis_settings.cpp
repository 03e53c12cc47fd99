#include "daemon/redis_settings.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/durable_file.hpp"
#include "daemon/metadata_settings.hpp"
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
    if (auto password = environment("SLIPWAY_REDIS_PASSWORD")) {
        options.password = std::move(*password);
    } else if (!redis.password_file.empty()) {
        auto text = read_small_file(redis.password_file);
        if (!text) {
            return failure(Errc::invalid, "redis.password_file: " + text.error().detail);
        }
        options.password = std::move(*text);
        options.password.resize(options.password.find_last_not_of("\r\n") + 1);
    }
    return options;
}

}  // namespace slipway::daemon
