// What the parts of a node are told, from the configuration: one function for each part.
#pragma once

#include <cstddef>

#include "adapters/localfs/local_fs_store.hpp"
#include "api/service.hpp"
#include "daemon/background.hpp"
#include "daemon/config.hpp"
#include "engine/throttle.hpp"
#include "http/server.hpp"

namespace slipway::daemon {

std::size_t loop_count(const Config& config);
http::ServerOptions server_options(const Config& config);
engine::EngineOptions engine_options(const Config& config);
BackgroundOptions background_options(const Config& config);
engine::ThrottleOptions throttle_options(const Config::Limits& limits);
api::ServiceOptions service_options(const Config& config);
api::PartUrlOptions url_options(const Config& config);
adapters::localfs::LocalFsOptions store_options(const Config::Storage& storage,
                                                telemetry::Histogram& syncs);

}  // namespace slipway::daemon
