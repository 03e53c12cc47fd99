// The rows of owners: what each has in use and what was granted to it. Whoever changes what an
// owner has holds its row until the end of the transaction; after the rows of uploads, parts and
// files, and before the outbox, so that no two wait for each other.
#pragma once

#include <optional>
#include <string>

#include "adapters/mariadb/catalog/rows.hpp"
#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "core/quota.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

struct Account {
    std::string owner;
    core::Usage usage;
    std::optional<core::Quota> quota;  // one of its own
};

// Of an owner that has no row: nothing in use.
Task<Result<Account>> read_account(Session& session, std::string owner);
// The same, and nobody else changes it until the transaction ends.
Task<Result<Account>> lock_account(Session& session, std::string owner);
// Of a locked one.
Task<Result<>> write_usage(Session& session, std::string owner, core::Usage usage);
// Locks it and counts `after` in the place of `before`. corrupted: it would fall below nothing.
Task<Result<>> count_instead(Session& session, std::string owner, core::Usage before,
                             core::Usage after);
Task<Result<>> write_quota(Session& session, std::string owner, std::optional<core::Quota> quota);

}  // namespace slipway::adapters::mariadb
