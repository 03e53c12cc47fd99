// How whoever started a node finds it: the files slipwayd.addr and slipwayd.admin.addr in the data
// directory, for scripts, and the terminal.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "daemon/bound_ports.hpp"
#include "daemon/config.hpp"
#include "daemon/key_files.hpp"

namespace slipway::daemon {

// After this, scripts find the server, and whoever reads the terminal finds the key. Blocks.
Result<> announce(const Config& config, BoundPorts ports, const AdministratorKey& administrator);
// A stale address would send clients to another process. Blocks.
void withdraw_announcement(const std::filesystem::path& data_dir);

}  // namespace slipway::daemon
