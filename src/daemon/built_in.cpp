#include "daemon/built_in.hpp"

#include <array>

#include "daemon/metadata_settings.hpp"
#include "daemon/redis_settings.hpp"

namespace slipway::daemon {

namespace {

struct Backend {
    bool is_built_in;
    std::string_view name;
    std::string_view option;
    // The key by which the configuration asks for it; empty: it does not.
    std::string (*wanted_by)(const Config&);
};

std::string redis_key(const Config& config) {
    if (!uses_redis(config.redis)) {
        return "";
    }
    return config.redis.address.empty() ? "redis.sentinels" : "redis.address";
}

constexpr std::array kBackends{
    Backend{SLIPWAY_HAS_MARIADB, "MariaDB", "SLIPWAY_MARIADB",
            [](const Config& config) {
                return std::string(config.metadata.kind == kMariaDbMetadata ? "metadata.kind" : "");
            }},
    Backend{SLIPWAY_HAS_S3, "S3 stores", "SLIPWAY_S3",
            [](const Config& config) {
                return config.stores.empty() ? "" : "store." + config.stores.front().name;
            }},
    Backend{SLIPWAY_HAS_CONSUL, "Consul", "SLIPWAY_CONSUL",
            [](const Config& config) {
                return std::string(config.consul.address.empty() ? "" : "consul.address");
            }},
    Backend{SLIPWAY_HAS_REDIS, "Redis", "SLIPWAY_REDIS", redis_key},
    Backend{SLIPWAY_HAS_KAFKA, "Kafka", "SLIPWAY_KAFKA",
            [](const Config& config) {
                return std::string(config.kafka.brokers.empty() ? "" : "kafka.brokers");
            }},
};

}  // namespace

std::string find_absent_backend(const Config& config) {
    std::string absent;
    for (const Backend& backend : kBackends) {
        const std::string key = backend.is_built_in ? "" : backend.wanted_by(config);
        if (!key.empty()) {
            absent += (absent.empty() ? "" : "; ") + key + ": this program was built without " +
                      std::string(backend.name) + " (" + std::string(backend.option) + ")";
        }
    }
    return absent;
}

std::string list_backends() {
    std::string with;
    std::string without;
    for (const Backend& backend : kBackends) {
        std::string& list = backend.is_built_in ? with : without;
        list += (list.empty() ? "" : ", ") + std::string(backend.name);
    }
    return (with.empty() ? "" : "with " + with) + (with.empty() || without.empty() ? "" : "; ") +
           (without.empty() ? "" : "without " + without);
}

}  // namespace slipway::daemon
