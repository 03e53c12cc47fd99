// The schema of the catalog in numbered steps (docs/on-disk-format.md, "MariaDB"). A step that was
// released is never changed: a later one changes what it left.
//
// A statement of the schema commits by itself, and a crash may fall between two of a step: every
// statement may be made again over what it has left.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

struct Migration {
    std::uint32_t number = 0;
    std::vector<std::string_view> statements;
};

const std::vector<Migration>& migrations();

struct Migrated {
    std::uint32_t from = 0;  // 0: there was nothing
    std::uint32_t to = 0;
};

// Makes what is missing, while no other process does. unsupported: a newer slipway has been here.
// unavailable: another process holds the lock and does not let go.
Task<Result<Migrated>> migrate(Session& session);

}  // namespace slipway::adapters::mariadb
