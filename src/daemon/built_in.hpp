// Which backends this program was built with: the options SLIPWAY_MARIADB, SLIPWAY_S3 and so on of
// CMake. What was left out and is asked for stops the start.
#pragma once

#include <string>

#include "daemon/config.hpp"

namespace slipway::daemon {

// "KEY: REASON; KEY: REASON", for all that are asked for and not there; empty where there is none.
std::string find_absent_backend(const Config& config);

// "with NAME, NAME; without NAME".
std::string list_backends();

}  // namespace slipway::daemon
