// Revisions: counters that say that something has changed which other nodes hold in memory. Each is
// raised by the transaction that makes the change.
#pragma once

#include <string>

#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "ports/shared_state.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

inline constexpr const char* kApiKeysRevision = "api_keys";
inline constexpr const char* kSigningKeysRevision = "signing_keys";

// Holds the counter until the transaction ends.
Task<Result<>> lock_revision(Session& session, std::string name);
Task<Result<>> raise_revision(Session& session, std::string name);
Task<Result<ports::SharedRevisions>> load_revisions(Session& session);

}  // namespace slipway::adapters::mariadb
