#include "adapters/rocksdb/changes.hpp"

#include <utility>

#include "adapters/rocksdb/access/quota_records.hpp"
#include "adapters/rocksdb/access/upload_usage.hpp"
#include "adapters/rocksdb/keys.hpp"
#include "adapters/rocksdb/load.hpp"
#include "adapters/rocksdb/record_form.hpp"

namespace slipway::adapters::rocksdb {
namespace {

bool is_unfinished(core::UploadState state) {
    return state == core::UploadState::open || state == core::UploadState::completing;
}

// The upload of this owner that was asked for with this key, while it is on record.
template <class Source>
Result<std::optional<core::Upload>> load_by_key(const Source& source, const core::Upload& upload) {
    const auto bytes = source.get(Table::uploads_by_idempotency_key,
                                  idempotency_key_of(upload.owner, upload.idempotency->key));
    if (!bytes) {
        return std::unexpected(bytes.error());
    }
    const auto id = *bytes ? id_of_key(**bytes) : std::nullopt;
    if (!id) {
        return std::nullopt;
    }
    auto found = load_upload(source, *id);
    if (found && !*found) {
        return failure(Errc::corrupted, "an idempotency key does not lead to its upload");
    }
    return found;
}

void erase_idempotency_key(Transaction& changes, const core::Upload& upload) {
    if (upload.idempotency) {
        changes.erase(Table::uploads_by_idempotency_key,
                      idempotency_key_of(upload.owner, upload.idempotency->key));
    }
}

void write_upload(Transaction& changes, const core::Upload& upload) {
    changes.put(Table::uploads, id_key(upload.id), encode_upload(upload));
    changes.put(Table::uploads_by_state, state_key(upload.state, upload.id), "");
    if (is_unfinished(upload.state)) {
        changes.put(Table::open_uploads_by_owner, owner_key(upload.owner, upload.id), "");
    }
}

void erase_index(Transaction& changes, const core::Upload& upload) {
    changes.erase(Table::uploads_by_state, state_key(upload.state, upload.id));
    if (is_unfinished(upload.state)) {
        changes.erase(Table::open_uploads_by_owner, owner_key(upload.owner, upload.id));
    }
}

// The stored upload, when `next` may replace it.
Result<core::Upload> replaceable(const Transaction& changes, core::Epoch expected,
                                 const core::Upload& next) {
    if (next.epoch <= expected) {
        return failure(Errc::invalid, "the next epoch must be larger");
    }
    auto stored = load_upload(changes, next.id);
    if (!stored) {
        return std::unexpected(std::move(stored.error()));
    }
    if (!stored->has_value()) {
        return failure(Errc::not_found, "no such upload");
    }
    if ((*stored)->epoch != expected) {
        return failure(Errc::conflict, "the upload is in epoch " +
                                           std::to_string((*stored)->epoch) + ", not in " +
                                           std::to_string(expected));
    }
    return std::move(**stored);
}

// Only add_blob() changes them: `next` may come of a record that was read before it.
core::Upload with_blobs_of(const core::Upload& stored, core::Upload next) {
    next.blobs = stored.blobs;
    return next;
}

Result<core::Upload> load_existing_upload(const Transaction& changes, UploadId id) {
    auto stored = load_upload(changes, id);
    if (!stored) {
        return std::unexpected(std::move(stored.error()));
    }
    if (!stored->has_value()) {
        return failure(Errc::not_found, "no such upload");
    }
    return std::move(**stored);
}

}  // namespace

template <class Source>
Result<ports::CreateUploadOutcome> judge_upload(const Source& source, const core::Upload& upload,
                                                const core::Quota& standard) {
    const auto upload_there = source.get(Table::uploads, id_key(upload.id));
    if (!upload_there) {
        return std::unexpected(upload_there.error());
    }
    // A file outlives its upload's record and keeps its parts: the id is still taken.
    const auto file_there = source.get(Table::files, id_key(upload.id));
    if (!file_there) {
        return std::unexpected(file_there.error());
    }
    if (upload_there->has_value() || file_there->has_value()) {
        return failure(Errc::conflict, "the id exists");
    }
    if (upload.idempotency) {
        auto existing = load_by_key(source, upload);
        if (!existing) {
            return std::unexpected(std::move(existing.error()));
        }
        if (existing->has_value()) {
            return ports::AlreadyCreated{std::move(**existing)};
        }
    }
    const auto own = load_quota(source, upload.owner);
    const auto used = load_usage(source, upload.owner);
    if (!own || !used) {
        return std::unexpected(own ? used.error() : own.error());
    }
    if (const auto excess =
            core::find_excess(own->value_or(standard), *used, core::usage_of(upload))) {
        return ports::QuotaRefused{*excess};
    }
    return ports::UploadCreated{};
}

template Result<ports::CreateUploadOutcome> judge_upload(const Database&, const core::Upload&,
                                                         const core::Quota&);

Result<ports::CreateUploadOutcome> create_upload(Transaction& changes, const core::Upload& upload,
                                                 const core::Quota& standard) {
    auto outcome = judge_upload(changes, upload, standard);
    if (!outcome || !std::holds_alternative<ports::UploadCreated>(*outcome)) {
        return outcome;
    }
    const auto usage = usage_after(changes, upload.owner, {}, core::usage_of(upload));
    if (!usage) {
        return std::unexpected(usage.error());
    }
    write_usage(changes, upload.owner, *usage);
    write_upload(changes, upload);
    if (upload.idempotency) {
        changes.put(Table::uploads_by_idempotency_key,
                    idempotency_key_of(upload.owner, upload.idempotency->key), id_key(upload.id));
    }
    return outcome;
}

Result<ports::PutPartOutcome> put_part(Transaction& changes, UploadId id, core::Epoch epoch,
                                       const core::Part& part, const core::Quota& standard) {
    auto upload = load_upload(changes, id);
    if (!upload) {
        return std::unexpected(std::move(upload.error()));
    }
    if (!upload->has_value()) {
        return failure(Errc::not_found, "no such upload");
    }
    if ((*upload)->state != core::UploadState::open || (*upload)->epoch != epoch) {
        return ports::PartRefused{std::move(**upload)};
    }
    auto existing = load_part(changes, id, part.number);
    if (!existing) {
        return std::unexpected(std::move(existing.error()));
    }
    if (existing->has_value()) {
        return ports::PartAlreadyStored{std::move(**existing)};
    }
    const auto excess = count_part(changes, **upload, part, standard);
    if (!excess) {
        return std::unexpected(excess.error());
    }
    if (*excess) {
        return ports::QuotaRefused{**excess};
    }
    changes.put(Table::parts, part_key(id, part.number), encode_part(id, part));
    return ports::PartStored{};
}

// Of fixed sizes, which the upload was counted with when it was created.
Result<> replace_parts(Transaction& changes, UploadId id, core::Epoch epoch,
                       const std::vector<core::Part>& parts) {
    const auto upload = load_upload(changes, id);
    if (!upload) {
        return std::unexpected(upload.error());
    }
    if (!upload->has_value()) {
        return failure(Errc::not_found, "no such upload");
    }
    if ((*upload)->state != core::UploadState::open || (*upload)->epoch != epoch) {
        return failure(Errc::conflict, "the upload is not open in this epoch");
    }
    for (const core::Part& part : parts) {
        changes.put(Table::parts, part_key(id, part.number), encode_part(id, part));
    }
    return {};
}

Result<> add_copies(Transaction& changes, UploadId id, core::Epoch epoch, PartNumber number,
                    const std::vector<core::PartCopy>& copies) {
    const auto upload = load_existing_upload(changes, id);
    if (!upload) {
        return std::unexpected(upload.error());
    }
    if (!is_unfinished(upload->state) || upload->epoch != epoch) {
        return failure(Errc::conflict, "the upload has ended, or is in another epoch");
    }
    auto part = load_part(changes, id, number);
    if (!part) {
        return std::unexpected(std::move(part.error()));
    }
    if (!part->has_value()) {
        return failure(Errc::not_found, "no such part");
    }
    core::add_copies(**part, copies);
    changes.put(Table::parts, part_key(id, number), encode_part(id, **part));
    return {};
}

Result<> add_blob(Transaction& changes, UploadId id, core::Epoch epoch, std::size_t seen,
                  const core::StagedCopy& blob) {
    auto upload = load_existing_upload(changes, id);
    if (!upload) {
        return std::unexpected(upload.error());
    }
    if (!is_unfinished(upload->state) || upload->epoch != epoch || upload->blobs.size() != seen) {
        return failure(Errc::conflict, "the upload is not as it was seen");
    }
    upload->blobs.push_back(blob);
    changes.put(Table::uploads, id_key(id), encode_upload(*upload));
    return {};
}

Result<> advance_upload(Transaction& changes, core::Epoch expected, const core::Upload& next) {
    const auto stored = replaceable(changes, expected, next);
    if (!stored) {
        return std::unexpected(stored.error());
    }
    auto counted = is_unfinished(next.state) ? recount(changes, *stored, next)
                                             : give_back(changes, *stored, {});
    if (!counted) {
        return counted;
    }
    erase_index(changes, *stored);
    write_upload(changes, with_blobs_of(*stored, next));
    return {};
}

Result<> complete_upload(Transaction& changes, core::Epoch expected, const core::Upload& next,
                         const core::File& file) {
    if (next.id != file.id || next.state != core::UploadState::complete) {
        return failure(Errc::invalid, "a file comes from its own upload's completion");
    }
    const auto stored = replaceable(changes, expected, next);
    if (!stored) {
        return std::unexpected(stored.error());
    }
    const auto existing = changes.get(Table::files, id_key(file.id));
    if (!existing) {
        return std::unexpected(existing.error());
    }
    if (existing->has_value()) {
        return failure(Errc::conflict, "the file exists");
    }
    if (auto counted = give_back(changes, *stored, core::usage_of(file)); !counted) {
        return counted;
    }
    erase_index(changes, *stored);
    write_upload(changes, with_blobs_of(*stored, next));
    changes.put(Table::files, id_key(file.id), encode_file(file));
    changes.put(Table::files_by_owner, owner_key(file.owner, file.id), "");
    return {};
}

Result<> forget_upload(Transaction& changes, UploadId id) {
    const auto stored = load_upload(changes, id);
    if (!stored) {
        return std::unexpected(stored.error());
    }
    if (!stored->has_value()) {
        return {};
    }
    if (is_unfinished((*stored)->state)) {
        return failure(Errc::conflict, "the upload has not ended");
    }
    const auto file = changes.get(Table::files, id_key(id));
    if (!file) {
        return std::unexpected(file.error());
    }
    if (!file->has_value()) {
        if (auto erased = changes.erase_parts(id); !erased) {
            return erased;
        }
    }
    erase_index(changes, **stored);
    erase_idempotency_key(changes, **stored);
    changes.erase(Table::uploads, id_key(id));
    return {};
}

Result<> mark_damaged(Transaction& changes, UploadId id, WallTime when) {
    auto file = load_file(changes, id);
    if (!file) {
        return std::unexpected(file.error());
    }
    if (!file->has_value()) {
        return failure(Errc::not_found, "no such file");
    }
    if (!(*file)->damaged_at) {
        (*file)->damaged_at = when;
        changes.put(Table::files, id_key(id), encode_file(**file));
    }
    return {};
}

Result<> set_file_places(Transaction& changes, UploadId id, const core::FilePlaces& expected,
                         core::FilePlaces next) {
    auto file = load_file(changes, id);
    if (!file) {
        return std::unexpected(file.error());
    }
    if (!file->has_value()) {
        return failure(Errc::not_found, "no such file");
    }
    if (core::places_of(**file) != expected) {
        return failure(Errc::conflict, "the file lies elsewhere by now");
    }
    (*file)->storage_node = std::move(next.storage_node);
    (*file)->copies = std::move(next.copies);
    changes.put(Table::files, id_key(id), encode_file(**file));
    return {};
}

Result<> remove_file(Transaction& changes, UploadId id) {
    const auto file = load_file(changes, id);
    if (!file) {
        return std::unexpected(file.error());
    }
    if (!file->has_value()) {
        return failure(Errc::not_found, "no such file");
    }
    const auto upload = load_upload(changes, id);
    if (!upload) {
        return std::unexpected(upload.error());
    }
    const auto usage = usage_after(changes, (*file)->owner, core::usage_of(**file), {});
    if (!usage) {
        return std::unexpected(usage.error());
    }
    if (auto erased = changes.erase_parts(id); !erased) {
        return erased;
    }
    write_usage(changes, (*file)->owner, *usage);
    if (upload->has_value()) {
        erase_index(changes, **upload);
        erase_idempotency_key(changes, **upload);
        changes.erase(Table::uploads, id_key(id));
    }
    if ((*file)->expires_at) {
        changes.erase(Table::files_by_expiry, expiry_key(*(*file)->expires_at, id));
    }
    changes.erase(Table::files_by_owner, owner_key((*file)->owner, id));
    changes.erase(Table::files, id_key(id));
    return {};
}

Result<> set_quota(Transaction& changes, const std::string& owner,
                   const std::optional<core::Quota>& quota) {
    if (quota) {
        changes.put(Table::quotas, owner, encode_quota(owner, *quota));
    } else {
        changes.erase(Table::quotas, owner);
    }
    return {};
}

}  // namespace slipway::adapters::rocksdb
