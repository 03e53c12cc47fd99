// The rows of claims on parts: which attempt writes to the place that a store has for the part.
#pragma once

#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "ports/shared_state.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

// Each is durable when it completes, outside of a transaction, and may be made again.
Task<Result<bool>> claim_part(Session& session, ports::PartClaim claim);
Task<Result<>> let_part_go(Session& session, ports::PartClaim claim);
// Of an upload that ends, in the transaction that ends it.
Task<Result<>> forget_part_claims(Session& session, UploadId upload);

}  // namespace slipway::adapters::mariadb
