// The administrator's API key, of which only the SHA-256 is kept. It is made on the first start, or
// comes from a file or the environment, never from the configuration.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "daemon/config_loader.hpp"
#include "ports/random.hpp"

namespace slipway::daemon {

struct AdministratorKey {
    Sha256 digest;
    // The key itself, when it was just made: shown once, kept nowhere.
    std::optional<std::string> generated;
};

// Whether the operator states the key: by SLIPWAY_API_KEY, SLIPWAY_API_KEY_FILE or
// auth.api_key_file.
bool states_administrator_key(const Environment& environment, const Config& config);

// SLIPWAY_API_KEY, else the file named by SLIPWAY_API_KEY_FILE or auth.api_key_file, else the
// digest kept in `directory`, else a new key. invalid: a source is there but empty, shorter than 16
// characters or not what a header can carry, or a kept file is damaged.
Result<AdministratorKey> load_administrator_key(const Environment& environment,
                                                const Config& config,
                                                const std::filesystem::path& directory,
                                                ports::Random& random);

}  // namespace slipway::daemon
