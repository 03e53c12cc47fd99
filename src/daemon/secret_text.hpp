// A password or the like: no setting, but what an environment variable holds, or a file that a
// setting names.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "daemon/config_loader.hpp"

namespace slipway::daemon {

struct SecretPlace {
    std::string variable;
    std::string key;   // the setting that names the file
    std::string file;  // may be empty
};

// The variable comes before the file, whose last line end is no part of it; nothing where there is
// neither. invalid: the file cannot be read; the detail begins with the key.
Result<std::optional<std::string>> load_secret(const Environment& environment, SecretPlace place);

}  // namespace slipway::daemon
