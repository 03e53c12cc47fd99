// What the server has to be and how it has to be set for "committed" to mean "durable"
// (docs/operations.md, "MariaDB").
#pragma once

#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

// invalid: the server's version or one of its settings will not do; the detail names it, and what
// is needed.
Task<Result<>> check_server(Session& session);

}  // namespace slipway::adapters::mariadb
