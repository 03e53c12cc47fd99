// The rows of uploads, parts and files: each is read from and written to its table here, and its
// record is encoded and decoded. Nothing is decided.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/mariadb/client/session.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/upload.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

// What a read leaves behind until the transaction ends.
enum class Lock {
    none,
    shared,     // nobody changes the row
    exclusive,  // nor does anybody lock it
};
// The end of a SELECT.
std::string_view clause(Lock lock);

std::string bytes_of(UploadId id);
// Nothing where there are not as many bytes as an id has.
std::optional<UploadId> id_of(std::string_view bytes);
bool is_unfinished(core::UploadState state);

struct UploadRow {
    core::Upload upload;
    std::uint64_t counted_bytes = 0;  // of its parts, where these count for its owner
    std::optional<std::string> loan = std::nullopt;  // its name (part_loans.hpp)
};

// Nothing: there is no such row. corrupted: its record does not decode.
Task<Result<std::optional<UploadRow>>> load_upload(Session& session, UploadId id, Lock lock);
Task<Result<std::optional<core::Part>>> load_part(Session& session, UploadId id, PartNumber number,
                                                  Lock lock);
Task<Result<std::optional<core::File>>> load_file(Session& session, UploadId id, Lock lock);
// Whether an upload or a file has the id.
Task<Result<bool>> is_taken(Session& session, UploadId id);

Task<Result<>> insert_upload(Session& session, core::Upload upload);
// Replaces the row if its epoch is still the one that was read under a lock.
Task<Result<>> update_upload(Session& session, core::Epoch before, UploadRow row);
// Of a row that is locked; its epoch stays.
Task<Result<>> write_record(Session& session, core::Upload upload);
// Of a row that is locked.
Task<Result<>> write_counted_bytes(Session& session, UploadId id, std::uint64_t bytes);
Task<Result<>> erase_upload(Session& session, UploadId id);

// A part as its row has it.
struct PlacedPart {
    PlacedPart(UploadId id, const core::Part& part);
    UploadId upload;
    PartNumber number;
    std::string record;
};
// Adds them all; where one is there already none is added (SqlFailure::duplicate).
Task<Result<>> insert_parts(Session& session, std::vector<PlacedPart> parts);
// Puts them in the place of those that are there.
Task<Result<>> replace_parts(Session& session, std::vector<PlacedPart> parts);
Task<Result<>> erase_parts(Session& session, UploadId id);

Task<Result<>> insert_file(Session& session, core::File file);
Task<Result<>> update_file(Session& session, core::File file);
Task<Result<>> erase_file(Session& session, UploadId id);

// The records of rows of (id, record), in their order. corrupted: one does not decode; the detail
// names it.
Result<std::vector<core::Upload>> uploads_of(const Rows& rows);
Result<std::vector<core::File>> files_of(const Rows& rows);
// The same of (number, record).
Result<std::vector<core::Part>> parts_of(UploadId id, const Rows& rows);

}  // namespace slipway::adapters::mariadb
