// The secret of a cluster: one text that every server was given, of which the keys of signed URLs
// are derived. From a file or the environment, never from the configuration.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "daemon/config_loader.hpp"

namespace slipway::daemon {

// SLIPWAY_AUTH_CLUSTER_SECRET, else the file of auth.cluster_secret_file; nothing where neither is
// set. invalid: it is too short, or too simple to be one.
Result<std::optional<std::string>> load_cluster_secret(const Environment& environment,
                                                       const Config& config);

}  // namespace slipway::daemon
