// The rows of signing keys: numbers and times. Changes wait for each other at the counter of their
// revision, which each of them raises.
#pragma once

#include <cstdint>

#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "ports/shared_state.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

Task<Result<ports::SigningNumbers>> load_signing_numbers(Session& session, WallTime now);
Task<Result<ports::SigningNumbers>> add_signing_number(Session& session, WallTime now,
                                                       WallTime until);
Task<Result<ports::SigningNumbers>> ensure_signing_number(Session& session, WallTime now);
Task<Result<ports::SigningNumbers>> remove_signing_number(Session& session, std::uint32_t number,
                                                          WallTime now);

}  // namespace slipway::adapters::mariadb
