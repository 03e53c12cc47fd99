// What each changing call of the port checks and writes (ports/catalog.hpp), over a transaction.
// Every function checks first and writes last: one that fails has changed nothing.
#pragma once

#include <vector>

#include "adapters/rocksdb/transaction.hpp"
#include "base/result.hpp"
#include "core/upload.hpp"
#include "ports/catalog.hpp"

namespace slipway::adapters::rocksdb {

Result<ports::CreateUploadOutcome> create_upload(Transaction& changes, const core::Upload& upload,
                                                 const core::Quota& standard);
Result<> set_quota(Transaction& changes, const std::string& owner,
                   const std::optional<core::Quota>& quota);
Result<ports::PutPartOutcome> put_part(Transaction& changes, UploadId id, core::Epoch epoch,
                                       const core::Part& part, const core::Quota& standard);
Result<> replace_parts(Transaction& changes, UploadId id, core::Epoch epoch,
                       const std::vector<core::Part>& parts);
Result<> add_copies(Transaction& changes, UploadId id, core::Epoch epoch, PartNumber number,
                    const std::vector<core::PartCopy>& copies);
Result<> add_blob(Transaction& changes, UploadId id, core::Epoch epoch, std::size_t seen,
                  const core::StagedCopy& blob);
Result<> advance_upload(Transaction& changes, core::Epoch expected, const core::Upload& next);
Result<> complete_upload(Transaction& changes, core::Epoch expected, const core::Upload& next,
                         const core::File& file);
Result<> forget_upload(Transaction& changes, UploadId id);
Result<> mark_damaged(Transaction& changes, UploadId id, WallTime when);
Result<> set_file_places(Transaction& changes, UploadId id, const core::FilePlaces& expected,
                         core::FilePlaces next);
Result<> remove_file(Transaction& changes, UploadId id);
Result<ports::CreateFilesOutcome> create_files(Transaction& changes,
                                               const std::vector<ports::NewFile>& files,
                                               const core::Quota& standard);
Result<core::File> claim_file(Transaction& changes, UploadId id, const core::FileClaim& claim,
                              WallTime now);
Result<> remove_expired_file(Transaction& changes, UploadId id, WallTime now);

// What create_upload answers, over a transaction or a database.
template <class Source>
Result<ports::CreateUploadOutcome> judge_upload(const Source& source, const core::Upload& upload,
                                                const core::Quota& standard);

}  // namespace slipway::adapters::rocksdb
