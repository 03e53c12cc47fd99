#include "daemon/open_cache.hpp"

#include <memory>
#include <utility>

#include "adapters/redis/cache/cached_catalog.hpp"
#include "adapters/redis/cache/upload_cache.hpp"
#include "adapters/redis/client/redis_client.hpp"
#include "daemon/redis_settings.hpp"

namespace slipway::daemon {

namespace {

namespace redis = adapters::redis;

struct Cache {
    explicit Cache(redis::RedisOptions options) : client(std::move(options)) {}
    redis::RedisClient client;
    redis::UploadCache uploads{client};
};

void register_gauges(telemetry::Metrics& metrics, const std::shared_ptr<Cache>& cache) {
    metrics.gauge("slipway_redis_connected", "Whether there is a connection to Redis.",
                  [cache] { return cache->client.session() ? 1.0 : 0.0; });
    metrics.gauge("slipway_redis_connections", "Connections to Redis since the start.",
                  [cache] { return static_cast<double>(cache->client.sessions()); });
    metrics.gauge("slipway_redis_waiting", "Commands that wait for the answer of Redis.",
                  [cache] { return static_cast<double>(cache->client.waiting()); });
    const auto looks = [&](const char* labels, std::uint64_t redis::CacheCounts::* count) {
        metrics.gauge(
            "slipway_cache_looks", "Looks for an upload in Redis since the start, by their end.",
            [cache, count] { return static_cast<double>(cache->uploads.counts().*count); }, labels);
    };
    looks("end=\"hit\"", &redis::CacheCounts::hits);
    looks("end=\"miss\"", &redis::CacheCounts::misses);
    looks("end=\"away\"", &redis::CacheCounts::away);
}

}  // namespace

Result<> put_cache_in_front(OpenedCatalog& records, const Config& config,
                            const Environment& environment, telemetry::Metrics& metrics) {
    if (!uses_redis(config.redis)) {
        return {};
    }
    auto options = redis_options(environment, config.redis);
    if (!options) {
        return std::unexpected(std::move(options.error()));
    }
    const auto cache = std::make_shared<Cache>(std::move(*options));
    const std::shared_ptr<redis::UploadCache> uploads(cache, &cache->uploads);
    const std::shared_ptr<ports::Catalog> inner = std::move(records.catalog);
    records.catalog = std::make_unique<redis::CachedCatalog>(inner, uploads, redis::Reads::current);
    records.recent = std::make_unique<redis::CachedCatalog>(inner, uploads, redis::Reads::cached);
    // The database first: what it commits Redis is told.
    records.stop = [cache, stop = std::move(records.stop)] {
        stop();
        cache->client.stop();
    };
    register_gauges(metrics, cache);
    return {};
}

}  // namespace slipway::daemon
