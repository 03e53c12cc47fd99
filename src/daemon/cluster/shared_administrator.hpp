// What servers of one database keep there of themselves besides their ring: the administrator's key
// that the first of them has made, and whose disk the files lie on where there is no other store.
#pragma once

#include <filesystem>

#include "daemon/config_loader.hpp"
#include "daemon/key_files.hpp"
#include "ports/random.hpp"
#include "ports/shared_state.hpp"

namespace slipway::daemon {

// As load_administrator_key(); a key that nobody states is made once for all servers. Its digest
// alone is kept. Blocks.
Result<AdministratorKey> share_administrator_key(const Environment& environment,
                                                 const Config& config,
                                                 const std::filesystem::path& directory,
                                                 ports::Random& random, ports::SharedState& state);

// For a server that keeps files below its data directory. invalid: so does another. Blocks.
Result<> claim_local_store(const std::filesystem::path& directory, ports::Random& random,
                           ports::SharedState& state);

}  // namespace slipway::daemon
