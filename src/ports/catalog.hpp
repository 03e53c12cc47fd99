// Catalog: the metadata of uploads, parts and files.
//
// Every change is durable when its task completes with a value, and is atomic: a crash leaves all
// of it or nothing. Changes to one upload are linearizable; each carries the epoch that its caller
// saw, and a caller that saw an older one is refused with Errc::conflict, so that a late writer can
// change nothing. Reads see every change acknowledged before them.
//
// Errors, all calls: unavailable (stopping, or the engine is away: nothing was changed),
// outcome_unknown (the commit may or may not have happened: read back), corrupted (a record does
// not decode; it is not served). A failed write of the engine's own log ends the process: what is
// acknowledged afterwards could be lost.
//
// A change of an upload or a file takes the event that it makes true. The event is in the outbox
// when the change is made, and is not when it is not.
//
// All calls may overlap, from any event loop. Cancelling the caller does not undo a change that was
// handed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "core/event.hpp"
#include "core/file_claim.hpp"
#include "core/quota.hpp"
#include "core/upload.hpp"
#include "runtime/task.hpp"

namespace slipway::ports {

// Nothing was changed: it would exceed a quota of the owner.
struct QuotaRefused {
    core::QuotaExcess excess;
};

// What became of a part record that was handed in.
struct PartStored {};
struct PartAlreadyStored {
    core::Part existing;  // the acknowledged one; the caller compares digests
};
struct PartRefused {
    core::Upload upload;  // not open any more, or of another epoch: as it is now
};
using PutPartOutcome = std::variant<PartStored, PartAlreadyStored, PartRefused, QuotaRefused>;

// What became of an upload that was handed in.
struct UploadCreated {};
struct AlreadyCreated {
    core::Upload existing;  // has the same owner and idempotency key; compare the fingerprints
};
using CreateUploadOutcome = std::variant<UploadCreated, QuotaRefused, AlreadyCreated>;

// A page of records in id order. `next` is set when there is more: hand it in as `after`.
template <class T>
struct Page {
    std::vector<T> items;
    std::optional<UploadId> next;
};

struct PageRequest {
    std::optional<UploadId> after;
    std::size_t limit = 100;
};

// A file that comes into being without an upload.
struct NewFile {
    core::File file;
    std::vector<core::Part> parts;
};

struct FilesCreated {};
using CreateFilesOutcome = std::variant<FilesCreated, QuotaRefused>;

class Catalog {
 public:
    virtual ~Catalog() = default;

    // Creates it, unless its owner has an upload with the same idempotency key on record, or would
    // exceed a quota: the one that was set for the owner, else `standard`. conflict: the id exists.
    virtual Task<Result<CreateUploadOutcome>> create_upload(
        core::Upload upload, core::Quota standard, std::optional<core::Event> event = {}) = 0;
    // Without any quota.
    Task<Result<CreateUploadOutcome>> create_upload(core::Upload upload,
                                                    std::optional<core::Event> event = {}) {
        return create_upload(std::move(upload),
                             core::Quota{.bytes = {}, .files = {}, .open_uploads = {}},
                             std::move(event));
    }
    // What create_upload would answer now. Changes nothing and promises nothing.
    virtual Task<Result<CreateUploadOutcome>> preview_upload(core::Upload upload,
                                                             core::Quota standard) = 0;
    // not_found: no such upload. Ended uploads are found until they are forgotten.
    virtual Task<Result<core::Upload>> find_upload(UploadId id) = 0;
    // Uploads of one owner that are open or completing, in id order.
    virtual Task<Result<Page<core::Upload>>> list_open_uploads(std::string owner,
                                                               PageRequest page) = 0;
    // Uploads of any owner in one state, in id order: what recovery and the sweeper walk.
    virtual Task<Result<Page<core::Upload>>> list_uploads(core::UploadState state,
                                                          PageRequest page) = 0;

    // Records a part if the upload is open in this epoch and has no such part yet. Idempotent in
    // effect. not_found: no such upload. A part of a free size must fit in the quota, as an upload
    // at its creation. The event is there when the part was stored by this call.
    virtual Task<Result<PutPartOutcome>> put_part(UploadId id, core::Epoch epoch, core::Part part,
                                                  core::Quota standard,
                                                  std::optional<core::Event> event = {}) = 0;
    // Without any quota.
    Task<Result<PutPartOutcome>> put_part(UploadId id, core::Epoch epoch, core::Part part) {
        return put_part(id, epoch, part, core::Quota{.bytes = {}, .files = {}, .open_uploads = {}});
    }
    // Records these parts, in place of those that are recorded under their numbers, if the upload
    // is open in this epoch: of a direct upload, whose parts are what its store says when it is
    // completed. conflict: not open, or another epoch. not_found: no such upload.
    virtual Task<Result<>> replace_parts(UploadId id, core::Epoch epoch,
                                         std::vector<core::Part> parts) = 0;
    // All parts in order of their numbers; of an open upload, or of a file.
    virtual Task<Result<std::vector<core::Part>>> list_parts(UploadId id) = 0;
    // not_found: not stored yet.
    virtual Task<Result<core::Part>> find_part(UploadId id, PartNumber number) = 0;

    // Adds where the bytes of a recorded part are durable, too; what is known of a blob stays.
    // conflict: the upload has ended, or is in another epoch. not_found: no such upload or part.
    virtual Task<Result<>> add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                                      std::vector<core::PartCopy> copies) = 0;

    // Adds a blob behind those that the upload has, of which the caller saw so many. The epoch
    // stays: URLs that were signed are good. conflict: the upload has ended, or is in another
    // epoch, or has another number of blobs. not_found: no such upload.
    virtual Task<Result<>> add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                                    core::StagedCopy blob) = 0;
    // Replaces the upload's record by `next`, but for its blobs, which only add_blob() changes, if
    // its stored epoch is `expected`; next.epoch is larger. conflict: another epoch. not_found: no
    // such upload.
    virtual Task<Result<>> advance_upload(core::Epoch expected, core::Upload next,
                                          std::optional<core::Event> event = {}) = 0;
    // The same, and creates the file in the same commit: the upload is complete and its file
    // exists, or neither.
    virtual Task<Result<>> complete_upload(core::Epoch expected, core::Upload next, core::File file,
                                           std::optional<core::Event> event = {}) = 0;
    // Removes an ended upload's record, and its parts unless it became a file. Idempotent.
    // conflict: the upload is open or completing.
    virtual Task<Result<>> forget_upload(UploadId id) = 0;

    virtual Task<Result<core::File>> find_file(UploadId id) = 0;
    virtual Task<Result<Page<core::File>>> list_files(std::string owner, PageRequest page) = 0;
    // Files of any owner, in id order: what the scrubber walks.
    virtual Task<Result<Page<core::File>>> list_all_files(PageRequest page) = 0;
    // Notes that the file's bytes are damaged; the first time that is noted stays. not_found: no
    // such file.
    virtual Task<Result<>> mark_damaged(UploadId id, WallTime when) = 0;
    // Replaces where the file lies, if it lies as `expected` says. conflict: it lies otherwise.
    // not_found: no such file.
    virtual Task<Result<>> set_file_places(UploadId id, core::FilePlaces expected,
                                           core::FilePlaces next,
                                           std::optional<core::Event> event = {}) = 0;
    // Removes the file's record, its parts and its upload's record. not_found: no such file.
    virtual Task<Result<>> remove_file(UploadId id, std::optional<core::Event> event = {}) = 0;

    // The outbox: events behind this position (0: all) in the order of their commits, the oldest
    // first, so many at most; without those whose record does not decode. What is committed later
    // than an event that was seen stands behind it.
    virtual Task<Result<std::vector<core::OutboxEntry>>> list_events(std::uint64_t after,
                                                                     std::size_t limit) = 0;
    Task<Result<std::vector<core::OutboxEntry>>> list_events(std::size_t limit) {
        return list_events(0, limit);
    }
    // Removes the events up to and with this position. Idempotent.
    virtual Task<Result<>> remove_events(std::uint64_t through) = 0;
    // How many there are; for every scrape of the metrics.
    virtual std::size_t events_waiting() const = 0;

    // What the owner's uploads and files come to: changed by the same commit as they are.
    virtual Task<Result<core::Usage>> find_usage(std::string owner) = 0;
    // Nothing: none was set.
    virtual Task<Result<std::optional<core::Quota>>> find_quota(std::string owner) = 0;
    // Replaces the whole quota of the owner; nothing takes it away. What is in use stays, whatever
    // the quota.
    virtual Task<Result<>> set_quota(std::string owner, std::optional<core::Quota> quota) = 0;
    // All of them or none; they have one owner, who may have them all by the quota that
    // create_upload goes by. conflict: one of the ids is taken.
    virtual Task<Result<CreateFilesOutcome>> create_files(std::vector<NewFile> files,
                                                          core::Quota standard = {}) = 0;
    // Makes a temporary file that has not expired a lasting one (core::claim). Answers the file as
    // it is then: one that still expires was too late, one that was lasting is unchanged.
    // not_found: no such file.
    virtual Task<Result<core::File>> claim_file(UploadId id, core::FileClaim claim,
                                                WallTime now) = 0;
    // The temporary files that have expired, those that did first in front; `limit` at most.
    virtual Task<Result<std::vector<UploadId>>> list_expired_files(WallTime now,
                                                                   std::size_t limit) = 0;
    // As remove_file, if it has expired. conflict: it has not, or is a lasting one.
    virtual Task<Result<>> remove_expired_file(UploadId id, WallTime now,
                                               std::optional<core::Event> event = {}) = 0;
};

}  // namespace slipway::ports
