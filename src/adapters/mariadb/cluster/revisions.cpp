#include "adapters/mariadb/cluster/revisions.hpp"

#include <utility>

namespace slipway::adapters::mariadb {

Task<Result<>> lock_revision(Session& session, std::string name) {
    auto locked = co_await session.execute("SELECT value FROM counters WHERE name=? FOR UPDATE",
                                           std::move(name));
    co_return locked ? Result<>() : std::unexpected(std::move(locked.error()));
}

Task<Result<>> raise_revision(Session& session, std::string name) {
    auto raised =
        co_await session.execute("UPDATE counters SET value=value+1 WHERE name=?", std::move(name));
    co_return raised ? Result<>() : std::unexpected(std::move(raised.error()));
}

Task<Result<ports::SharedRevisions>> load_revisions(Session& session) {
    auto found = co_await session.run("SELECT name,value FROM counters");
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    ports::SharedRevisions revisions;
    for (const Row& row : found->rows) {
        if (row.bytes(0) == kApiKeysRevision) {
            revisions.api_keys = row.number(1);
        } else if (row.bytes(0) == kSigningKeysRevision) {
            revisions.signing_keys = row.number(1);
        }
    }
    co_return revisions;
}

}  // namespace slipway::adapters::mariadb
