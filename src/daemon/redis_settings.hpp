// Where Redis is, as it is configured: checked without going there; and the passwords, which are
// no settings.
#pragma once

#include <string>

#include "adapters/redis/client/options.hpp"
#include "base/result.hpp"
#include "daemon/config_loader.hpp"

namespace slipway::daemon {

// What contradicts itself, or empty.
std::string find_redis_contradiction(const Config& config);

bool uses_redis(const Config::Redis& redis);

// With the password of SLIPWAY_REDIS_PASSWORD, or of redis.password_file, or none; and that of the
// sentinels, of SLIPWAY_REDIS_SENTINEL_PASSWORD or redis.sentinel_password_file. Precondition:
// Redis is used and nothing contradicts itself. invalid: a file cannot be read.
Result<adapters::redis::RedisOptions> redis_options(const Environment& environment,
                                                    const Config::Redis& redis);

}  // namespace slipway::daemon
