// The rows of claims on parts: who of several servers writes a part to a store now.
#pragma once

#include <cstddef>

#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "ports/shared_state.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

// Each is durable when it completes, outside of a transaction, and may be made again.
Task<Result<bool>> claim_part(Session& session, ports::PartClaim claim);
Task<Result<>> let_part_go(Session& session, ports::PartClaim claim);
Task<Result<std::size_t>> forget_part_claims(Session& session);

}  // namespace slipway::adapters::mariadb
