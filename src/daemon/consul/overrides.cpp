#include "daemon/consul/overrides.hpp"

#include <algorithm>
#include <utility>

#include "adapters/consul/consul_client.hpp"
#include "daemon/consul/consul_settings.hpp"
#include "daemon/settings.hpp"
#include "runtime/run_blocking.hpp"
#include "telemetry/log.hpp"

namespace slipway::daemon {

using adapters::consul::ConsulClient;
using adapters::consul::KvEntry;
using telemetry::Level;

namespace {

constexpr std::string_view kLive = "log.level";

Result<std::vector<KvEntry>> read_entries(const ConfigSources& sources, const Config& config) {
    auto options = consul_options(sources.environment, config.consul);
    if (!options) {
        return std::unexpected(options.error());
    }
    ConsulClient client(std::move(*options));
    auto read =
        runtime::run_blocking(client.read_tree(overrides_prefix(config.consul.service), {}));
    return read ? Result<std::vector<KvEntry>>(std::move(read->value))
                : std::unexpected(read.error());
}

}  // namespace

std::string overrides_prefix(std::string_view service) {
    return std::string(service) + "/config/";
}

Overrides overrides_of(std::string_view prefix, const std::vector<KvEntry>& entries) {
    Overrides overrides;
    for (const KvEntry& entry : entries) {
        // The prefix itself is what a user interface makes of a folder.
        if (entry.key.size() > prefix.size() && entry.key.starts_with(prefix)) {
            overrides.emplace(entry.key, entry.value);
        }
    }
    return overrides;
}

Result<Config> load_with_overrides(ConfigSources sources) {
    auto config = load_config(sources);
    if (!config || config->consul.address.empty()) {
        return config;
    }
    const auto entries = read_entries(sources, *config);
    if (!entries && entries.error().code == Errc::invalid) {
        return std::unexpected(entries.error());
    }
    if (!entries) {
        telemetry::log(Level::warn, "consul_settings_unread", {{"detail", entries.error().detail}});
        return config;
    }
    sources.overrides = overrides_of(overrides_prefix(config->consul.service), *entries);
    return load_config(sources);
}

// Reads the configuration file on the loop: small, and only when somebody changed something.
void LiveSettings::take(const Overrides& overrides) {
    sources_.overrides = overrides;
    const auto config = load_config(sources_);
    if (!config) {
        if (std::exchange(told_, config.error().detail) != config.error().detail) {
            telemetry::log(Level::error, "consul_settings_refused",
                           {{"detail", config.error().detail}});
        }
        return;
    }
    std::string waiting;
    for (const Setting& setting : settings()) {
        if (setting.name != kLive && setting.get(*config) != setting.get(effective_)) {
            waiting += (waiting.empty() ? "" : " ") + setting.name;
        }
    }
    if (std::exchange(told_, waiting) != waiting && !waiting.empty()) {
        telemetry::log(Level::warn, "restart_needed", {{"settings", waiting}});
    }
    if (config->log.level != effective_.log.level) {
        effective_.log.level = config->log.level;
        // Told at the more talkative of the two levels.
        const Level before = telemetry::log_level();
        telemetry::set_log_level(std::min(before, effective_.log.level));
        telemetry::log(Level::info, "settings_changed", {{"settings", kLive}});
        telemetry::set_log_level(effective_.log.level);
    }
}

}  // namespace slipway::daemon
