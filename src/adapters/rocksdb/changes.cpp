#include "adapters/rocksdb/changes.hpp"

#include <utility>

#include "adapters/rocksdb/keys.hpp"
#include "adapters/rocksdb/load.hpp"
#include "adapters/rocksdb/records.hpp"

namespace slipway::adapters::rocksdb {
namespace {

bool is_unfinished(core::UploadState state) {
    return state == core::UploadState::open || state == core::UploadState::completing;
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

}  // namespace

Result<> create_upload(Transaction& changes, const core::Upload& upload) {
    const auto upload_there = changes.get(Table::uploads, id_key(upload.id));
    if (!upload_there) {
        return std::unexpected(upload_there.error());
    }
    // A file outlives its upload's record and keeps its parts: the id is still taken.
    const auto file_there = changes.get(Table::files, id_key(upload.id));
    if (!file_there) {
        return std::unexpected(file_there.error());
    }
    if (upload_there->has_value() || file_there->has_value()) {
        return failure(Errc::conflict, "the id exists");
    }
    write_upload(changes, upload);
    return {};
}

Result<ports::PutPartOutcome> put_part(Transaction& changes, UploadId id, core::Epoch epoch,
                                       const core::Part& part) {
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
    changes.put(Table::parts, part_key(id, part.number), encode_part(id, part));
    return ports::PartStored{};
}

Result<> advance_upload(Transaction& changes, core::Epoch expected, const core::Upload& next) {
    const auto stored = replaceable(changes, expected, next);
    if (!stored) {
        return std::unexpected(stored.error());
    }
    erase_index(changes, *stored);
    write_upload(changes, next);
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
    erase_index(changes, *stored);
    write_upload(changes, next);
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
    if (auto erased = changes.erase_parts(id); !erased) {
        return erased;
    }
    if (upload->has_value()) {
        erase_index(changes, **upload);
        changes.erase(Table::uploads, id_key(id));
    }
    changes.erase(Table::files_by_owner, owner_key((*file)->owner, id));
    changes.erase(Table::files, id_key(id));
    return {};
}

}  // namespace slipway::adapters::rocksdb
