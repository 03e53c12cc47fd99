// Puts Redis in front of the catalog, where one is configured.
#pragma once

#include "base/result.hpp"
#include "daemon/config_loader.hpp"
#include "daemon/open_catalog.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

// Does not wait for Redis, which may be away. Errors: a message for the operator.
Result<> put_cache_in_front(OpenedCatalog& records, const Config& config,
                            const Environment& environment, telemetry::Metrics& metrics);

}  // namespace slipway::daemon
