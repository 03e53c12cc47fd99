// In the place of open_cache.cpp, where a build is without Redis. The settings are refused before
// (built_in.cpp).
#include "daemon/built_in.hpp"
#include "daemon/open_cache.hpp"
#include "daemon/redis_settings.hpp"

namespace slipway::daemon {

Result<> put_cache_in_front(OpenedCatalog&, const Config& config, const Environment&,
                            telemetry::Metrics&) {
    if (!uses_redis(config.redis)) {
        return {};
    }
    return failure(Errc::unsupported, find_absent_backend(config));
}

}  // namespace slipway::daemon
