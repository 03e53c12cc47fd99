#include "daemon/open_cache.hpp"

#include <memory>
#include <utility>

#include "adapters/redis/behind/part_writer.hpp"
#include "adapters/redis/behind/write_behind_catalog.hpp"
#include "adapters/redis/cache/cached_catalog.hpp"
#include "adapters/redis/cache/upload_cache.hpp"
#include "adapters/redis/client/redis_client.hpp"
#include "daemon/metadata_settings.hpp"
#include "daemon/redis_settings.hpp"
#include "engine/stores/rebuild_parts.hpp"

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

// What acknowledges parts in Redis, with a share in all that it works with.
struct Behind {
    Behind(std::shared_ptr<Cache> with, std::shared_ptr<ports::Catalog> of, ports::PartLoans& loans)
        : cache(std::move(with)),
          catalog(std::move(of)),
          keeper({.catalog = *catalog, .loans = loans, .lent = lent}),
          writer({.lent = lent, .keeper = keeper, .loans = loans}) {}

    const std::shared_ptr<Cache> cache;
    const std::shared_ptr<ports::Catalog> catalog;
    redis::LentParts lent{cache->client};
    redis::LoanKeeper keeper;
    redis::PartWriter writer;
};

Task<Result<std::vector<core::Part>>> rebuild(engine::World* world, core::Upload upload,
                                              std::vector<core::Part> recorded) {
    engine::RebuildParts parts(*world, std::move(upload));
    co_return co_await parts.run(std::move(recorded));
}

void attach(redis::LoanKeeper& keeper, engine::World& world) {
    keeper.attach({.can_rebuild =
                       [&world](const core::Upload& upload) {
                           return engine::can_rebuild_parts(world.stores, upload);
                       },
                   .rebuild =
                       [&world](core::Upload upload, std::vector<core::Part> recorded) {
                           return rebuild(&world, std::move(upload), std::move(recorded));
                       }});
}

void register_gauges(telemetry::Metrics& metrics, const std::shared_ptr<Behind>& behind) {
    metrics.gauge("slipway_unwritten_parts",
                  "Parts that Redis has acknowledged and MariaDB does not have.",
                  [behind] { return static_cast<double>(behind->writer.unwritten().parts); });
    metrics.gauge("slipway_unwritten_oldest_seconds", "How long the oldest of them has waited.",
                  [behind] { return behind->writer.unwritten().oldest_seconds; });
    metrics.gauge("slipway_lent_uploads", "Uploads whose parts Redis may acknowledge.",
                  [behind] { return static_cast<double>(behind->writer.unwritten().loans); });
    metrics.gauge("slipway_parts_written_behind",
                  "Parts that this server has written down for Redis since the start.",
                  [behind] { return static_cast<double>(behind->writer.written()); });
    metrics.gauge("slipway_parts_rebuilt",
                  "Parts whose records this server has rebuilt from the stores since the start.",
                  [behind] { return static_cast<double>(behind->keeper.counts().rebuilt_parts); });
}

// The catalog with Redis in front, which acknowledges.
std::shared_ptr<ports::Catalog> write_behind(OpenedCatalog& records,
                                             std::shared_ptr<ports::Catalog> inner,
                                             std::shared_ptr<Cache> cache,
                                             telemetry::Metrics& metrics) {
    const auto behind = std::make_shared<Behind>(std::move(cache), inner, *records.loans);
    records.behind = OpenedCatalog::Behind{
        .attach = [behind](engine::World& world) { attach(behind->keeper, world); },
        .run = [behind] { return behind->writer.run(); },
        .stop = [behind] { behind->writer.stop(); }};
    register_gauges(metrics, behind);
    return std::make_shared<redis::WriteBehindCatalog>(
        std::move(inner), behind->lent, behind->keeper, [behind] { behind->writer.wake(); });
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
    std::shared_ptr<ports::Catalog> inner = std::move(records.catalog);
    if (config.metadata.ack == kAckByRedis) {
        inner = write_behind(records, std::move(inner), cache, metrics);
    }
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
