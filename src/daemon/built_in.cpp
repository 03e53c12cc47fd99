#include "daemon/built_in.hpp"

#include <array>

#include "daemon/metadata_settings.hpp"

namespace slipway::daemon {

namespace {

struct Backend {
    bool is_built_in;
    bool is_wanted;
    std::string key;
    std::string_view name;
    std::string_view option;
};

}  // namespace

std::string find_absent_backend(const Config& config) {
    const std::string store = config.stores.empty() ? "" : config.stores.front().name;
    const std::array backends{
        Backend{SLIPWAY_HAS_MARIADB, config.metadata.kind == kMariaDbMetadata, "metadata.kind",
                "MariaDB", "SLIPWAY_MARIADB"},
        Backend{SLIPWAY_HAS_S3, !config.stores.empty(), "store." + store, "S3 stores",
                "SLIPWAY_S3"},
        Backend{SLIPWAY_HAS_CONSUL, !config.consul.address.empty(), "consul.address", "Consul",
                "SLIPWAY_CONSUL"},
    };
    for (const Backend& backend : backends) {
        if (backend.is_wanted && !backend.is_built_in) {
            return backend.key + ": this program was built without " + std::string(backend.name) +
                   " (" + std::string(backend.option) + ")";
        }
    }
    return "";
}

}  // namespace slipway::daemon
