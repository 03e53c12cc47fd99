// Overrides: settings out of Consul's key-value store, for all servers of a service at once: the
// key SERVICE/config/SECTION.KEY. They rank above the file, which is each server's own copy of the
// same, and below environment and command line, with which the operator of one server has the last
// word over it. What belongs to one server alone, and secrets, are refused there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/consul/types.hpp"
#include "daemon/config_loader.hpp"

namespace slipway::daemon {

std::string overrides_prefix(std::string_view service);
Overrides overrides_of(std::string_view prefix, const std::vector<adapters::consul::KvEntry>&);

// The configuration with what Consul has for it, where there is a Consul. One that is away is
// logged, and leaves the configuration as it is without. Errors as load_config().
Result<Config> load_with_overrides(ConfigSources sources);

// What a configuration that was read later means for a process that runs.
class LiveSettings {
 public:
    LiveSettings(Config started, ConfigSources sources)
        : effective_(std::move(started)), sources_(std::move(sources)) {}

    // Of the keys that are looked at.
    std::string prefix() const { return overrides_prefix(effective_.consul.service); }
    // Takes over what can change while it runs, which is log.level, and logs the rest: that it
    // needs a restart, or that it is refused.
    void take(const Overrides& overrides);

 private:
    Config effective_;
    ConfigSources sources_;
    // What was told already: the same is not told again.
    std::string told_;
};

}  // namespace slipway::daemon
