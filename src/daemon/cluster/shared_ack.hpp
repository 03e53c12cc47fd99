// Who acknowledges parts, as a word in the shared state: servers of one database that do not agree
// would not see each other's parts.
#pragma once

#include <string>

#include "base/result.hpp"
#include "ports/part_loans.hpp"
#include "ports/shared_state.hpp"
#include "runtime/task.hpp"

namespace slipway::daemon {

// `ack`: metadata.ack of this server. invalid: the others have another one; or this one knows
// nothing of Redis, and parts that Redis has acknowledged are not all written down.
Task<Result<>> claim_ack(ports::SharedState& state, ports::PartLoans& loans, std::string ack);

}  // namespace slipway::daemon
