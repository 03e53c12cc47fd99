// What each call of the catalog that changes files checks and writes (upload_changes.hpp).
#pragma once

#include <optional>
#include <vector>

#include "adapters/mariadb/catalog/upload_changes.hpp"

namespace slipway::adapters::mariadb {

Task<Result<>> mark_damaged(Session& session, UploadId id, WallTime when);
Task<Result<>> set_file_places(Session& session, Attempt attempt, UploadId id,
                               core::FilePlaces expected, core::FilePlaces next, MaybeEvent event);
// Where `expired_by` is given, only a file that has expired by then.
Task<Result<>> remove_file(Session& session, Attempt attempt, UploadId id,
                           std::optional<WallTime> expired_by, MaybeEvent event);
Task<Result<ports::CreateFilesOutcome>> create_files(Session& session, Attempt attempt,
                                                     std::vector<ports::NewFile> files,
                                                     core::Quota standard);
Task<Result<core::File>> claim_file(Session& session, UploadId id, core::FileClaim claim,
                                    WallTime now);

}  // namespace slipway::adapters::mariadb
