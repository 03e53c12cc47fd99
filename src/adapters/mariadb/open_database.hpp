// open_database(): a database that is ready for the catalog, the task queue and the API keys: the
// server is one that keeps what it has committed, and the schema is the one that this program
// knows.
#pragma once

#include <memory>

#include "adapters/mariadb/client/database.hpp"
#include "adapters/mariadb/schema/migrations.hpp"
#include "base/result.hpp"

namespace slipway::adapters::mariadb {

struct OpenedDatabase {
    std::shared_ptr<Database> database;
    Migrated migrated;
};

// Blocks. Errors: those of Session::connect, check_server and migrate.
Result<OpenedDatabase> open_database(DatabaseOptions options);

}  // namespace slipway::adapters::mariadb
