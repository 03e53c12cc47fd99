// The rows of leases: who does what only one node may do, and the token of its holding. The token
// grows with each holding, and whoever writes as the holder compares it in the same transaction: a
// holder that was paused for longer than its lease changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "ports/shared_state.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

Task<Result<std::optional<std::uint64_t>>> take_lease(Session& session,
                                                      ports::LeaseRequest request);
Task<Result<>> note_lease(Session& session, std::string name, std::string owner,
                          std::uint64_t token);
Task<Result<>> give_lease_back(Session& session, std::string name, std::string owner);

// A holding, by whoever believes to have it.
struct HeldLease {
    std::string name;
    std::uint64_t token = 0;
};

// Nobody else takes the lease before the transaction ends. conflict: the token is not that of the
// last holding.
Task<Result<>> require_lease(Session& session, HeldLease holding);

}  // namespace slipway::adapters::mariadb
