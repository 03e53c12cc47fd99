// In the place of open_mariadb.cpp, where a build is without MariaDB. The settings are refused
// before (built_in.cpp).
#include "daemon/built_in.hpp"
#include "daemon/open_mariadb.hpp"

namespace slipway::daemon {

Result<OpenedCatalog> open_mariadb(const Config& config, const Environment&, CatalogMeans) {
    return failure(Errc::unsupported, find_absent_backend(config));
}

Result<std::string> migrate_mariadb(const Config& config, const Environment&) {
    return failure(Errc::unsupported, find_absent_backend(config));
}

}  // namespace slipway::daemon
