// Opens what a node keeps its records in, where that is MariaDB.
#pragma once

#include <string>

#include "daemon/open_catalog.hpp"

namespace slipway::daemon {

// As open_catalog(). unsupported: this program was built without it.
Result<OpenedCatalog> open_mariadb(const Config& config, const Environment& environment,
                                   CatalogMeans means);
// As migrate_catalog().
Result<std::string> migrate_mariadb(const Config& config, const Environment& environment);

}  // namespace slipway::daemon
