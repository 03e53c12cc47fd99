// The keys of an installation: the administrator's API key (only its SHA-256 is kept) and the key
// that signs part URLs. Both are made on the first start; secrets come from files or the
// environment, never from the configuration.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "daemon/config_loader.hpp"
#include "engine/part_grant.hpp"
#include "ports/random.hpp"

namespace slipway::daemon {

struct AdministratorKey {
    Sha256 digest;
    // The key itself, when it was just made: shown once, kept nowhere.
    std::optional<std::string> generated;
};

// SLIPWAY_API_KEY, else the file named by SLIPWAY_API_KEY_FILE or auth.api_key_file, else the
// digest kept in `directory`, else a new key. invalid: a source is there but empty, or a kept file
// is damaged.
Result<AdministratorKey> load_administrator_key(const Environment& environment,
                                                const Config& config,
                                                const std::filesystem::path& directory,
                                                ports::Random& random);

Result<engine::SigningKey> load_signing_key(const std::filesystem::path& directory,
                                            ports::Random& random);

}  // namespace slipway::daemon
