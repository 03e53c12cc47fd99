// Reads the configuration: defaults, then the file, then Consul, then the environment, then the
// command line; the later wins. What it does not understand stops the start, with the key and the
// reason.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "daemon/config.hpp"

namespace slipway::daemon {

// Answers the value of an environment variable.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// SLIPWAY_SECTION_KEY of "section.key".
std::string environment_name(std::string_view setting);

// What stands in Consul (consul/overrides.hpp): by its whole key, which ends in "/section.key".
using Overrides = std::map<std::string, std::string>;

struct ConfigSources {
    std::optional<std::string> file = {};  // path
    Overrides overrides = {};
    Environment environment = {};
    std::map<std::string, std::string> command_line = {};  // by "section.key"
};

// invalid: the detail is a message for the operator, "KEY: REASON".
Result<Config> load_config(const ConfigSources& sources);

// All settings as the TOML file that would give them. There are no secrets among them.
std::string print_config(const Config& config);

}  // namespace slipway::daemon
