// The rows of the outbox. An event's position is counted up by the transaction that adds it, which
// holds the counter until it is committed: so positions are in the order of commits, and no event
// comes to stand in front of one that was seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "adapters/mariadb/client/session.hpp"
#include "adapters/mariadb/cluster/leases.hpp"
#include "base/result.hpp"
#include "core/event.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

// The last thing that a transaction does. Nothing to do where there is no event.
Task<Result<>> append_event(Session& session, std::optional<core::Event> event);
// The oldest behind this position. One that cannot be read is told in the log and left out, so that
// it does not stand in the way of others.
Task<Result<std::vector<core::OutboxEntry>>> read_events(Session& session, std::uint64_t after,
                                                         std::size_t limit);
// conflict: another has taken the lease since; nothing was removed.
Task<Result<>> erase_events(Session& session, std::uint64_t through,
                            std::optional<HeldLease> holding);
Task<Result<std::size_t>> count_events(Session& session);

}  // namespace slipway::adapters::mariadb
