// The settings of a server among several: what it does, and what cannot be.
#pragma once

#include <string>

#include "daemon/settings.hpp"

namespace slipway::daemon {

// node.roles: "api" serves clients, "worker" does background tasks and relays events.
Setting roles_setting();

// "KEY: REASON"; empty where there is none.
std::string find_cluster_contradiction(const Config& config);

}  // namespace slipway::daemon
