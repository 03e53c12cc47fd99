#include "adapters/mariadb/open_database.hpp"

#include "adapters/mariadb/schema/server_check.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::adapters::mariadb {
namespace {

Task<Result<Migrated>> prepare(Session& session) {
    if (auto checked = co_await check_server(session); !checked) {
        co_return std::unexpected(std::move(checked.error()));
    }
    co_return co_await migrate(session);
}

}  // namespace

Result<OpenedDatabase> open_database(DatabaseOptions options) {
    auto database = std::make_shared<Database>(std::move(options));
    const auto migrated = runtime::run_blocking(database->read<Migrated>(prepare));
    if (!migrated) {
        return std::unexpected(migrated.error());
    }
    return OpenedDatabase{.database = std::move(database), .migrated = *migrated};
}

}  // namespace slipway::adapters::mariadb
