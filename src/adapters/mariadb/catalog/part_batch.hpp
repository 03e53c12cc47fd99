// What a group of parts becomes in one transaction: the records of all that may be recorded are
// added by one statement. Every upload in it stays as it is until the group is committed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/mariadb/client/database.hpp"
#include "adapters/mariadb/client/session.hpp"
#include "ports/catalog.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

struct WantedPart {
    UploadId upload;
    core::Epoch epoch = core::kFirstEpoch;
    core::Part part;
    std::optional<core::Event> event = {};  // where it is stored
    std::string loan = {};                  // under which it was acknowledged; empty: under none
};

// Nothing: the part counts for the upload's owner, which is not for a group to decide.
using BatchedOutcome = Result<std::optional<ports::PutPartOutcome>>;

// Shared with every attempt, so that none of them copies it.
using PartGroup = std::shared_ptr<const std::vector<WantedPart>>;

// One outcome for each, in their order.
Task<Result<std::vector<BatchedOutcome>>> put_parts(Session& session, Attempt attempt,
                                                    PartGroup wanted);

}  // namespace slipway::adapters::mariadb
