// What each call of the catalog that changes an upload or a file checks and writes
// (ports/catalog.hpp), within a transaction. After an attempt of which nobody knows the end, each
// tells a change that has been made from one that cannot be made.
//
// Rows are locked in one order: upload, parts, file, account, outbox.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/mariadb/client/database.hpp"
#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "ports/catalog.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

using MaybeEvent = std::optional<core::Event>;

// What create_upload would answer; changes nothing.
Task<Result<ports::CreateUploadOutcome>> judge_upload(Session& session, core::Upload upload,
                                                      core::Quota standard);
Task<Result<ports::CreateUploadOutcome>> create_upload(Session& session, Attempt attempt,
                                                       core::Upload upload, core::Quota standard,
                                                       MaybeEvent event);
// A part that counts for the owner of its upload; others go by PartBatcher.
Task<Result<ports::PutPartOutcome>> put_counted_part(Session& session, Attempt attempt, UploadId id,
                                                     core::Epoch epoch, core::Part part,
                                                     core::Quota standard, MaybeEvent event);
Task<Result<>> replace_parts(Session& session, UploadId id, core::Epoch epoch,
                             std::vector<core::Part> parts);
Task<Result<>> add_copies(Session& session, UploadId id, core::Epoch epoch, PartNumber number,
                          std::vector<core::PartCopy> copies);
Task<Result<>> add_blob(Session& session, Attempt attempt, UploadId id, core::Epoch epoch,
                        std::size_t seen, core::StagedCopy blob);
// Where `file` is given, it comes into being with it.
Task<Result<>> advance_upload(Session& session, Attempt attempt, core::Epoch expected,
                              core::Upload next, std::optional<core::File> file, MaybeEvent event);
Task<Result<>> forget_upload(Session& session, UploadId id);

}  // namespace slipway::adapters::mariadb
