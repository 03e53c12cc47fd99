// What the port's calls on temporary files check and write (changes.hpp).
#include <set>
#include <utility>

#include "adapters/rocksdb/access/quota_records.hpp"
#include "adapters/rocksdb/changes.hpp"
#include "adapters/rocksdb/keys.hpp"
#include "adapters/rocksdb/load.hpp"
#include "adapters/rocksdb/record_form.hpp"

namespace slipway::adapters::rocksdb {
namespace {

Result<> check_free(const Transaction& changes, UploadId id) {
    for (const Table table : {Table::uploads, Table::files}) {
        const auto there = changes.get(table, id_key(id));
        if (!there) {
            return std::unexpected(there.error());
        }
        if (there->has_value()) {
            return failure(Errc::conflict, "the id exists");
        }
    }
    return {};
}

void write_new_file(Transaction& changes, const ports::NewFile& wanted) {
    const core::File& file = wanted.file;
    for (const core::Part& part : wanted.parts) {
        changes.put(Table::parts, part_key(file.id, part.number), encode_part(file.id, part));
    }
    changes.put(Table::files, id_key(file.id), encode_file(file));
    changes.put(Table::files_by_owner, owner_key(file.owner, file.id), "");
    if (file.expires_at) {
        changes.put(Table::files_by_expiry, expiry_key(*file.expires_at, file.id), "");
    }
}

// What they come to, where all may come into being but for the quota.
Result<core::Usage> sum_up(const Transaction& changes, const std::vector<ports::NewFile>& files) {
    std::set<UploadId> ids;
    core::Usage sum;
    for (const ports::NewFile& wanted : files) {
        if (wanted.file.owner != files.front().file.owner) {
            return failure(Errc::invalid, "the files have several owners");
        }
        if (!ids.insert(wanted.file.id).second) {
            return failure(Errc::conflict, "the id is there twice");
        }
        if (auto free = check_free(changes, wanted.file.id); !free) {
            return std::unexpected(free.error());
        }
        sum = sum + core::usage_of(wanted.file);
    }
    return sum;
}

}  // namespace

Result<ports::CreateFilesOutcome> create_files(Transaction& changes,
                                               const std::vector<ports::NewFile>& files,
                                               const core::Quota& standard) {
    if (files.empty()) {
        return ports::FilesCreated{};
    }
    const std::string& owner = files.front().file.owner;
    const auto added = sum_up(changes, files);
    if (!added) {
        return std::unexpected(added.error());
    }
    const auto own = load_quota(changes, owner);
    const auto used = load_usage(changes, owner);
    if (!own || !used) {
        return std::unexpected(own ? used.error() : own.error());
    }
    if (const auto excess = core::find_excess(own->value_or(standard), *used, *added)) {
        return ports::QuotaRefused{*excess};
    }
    write_usage(changes, owner, *used + *added);
    for (const ports::NewFile& wanted : files) {
        write_new_file(changes, wanted);
    }
    return ports::FilesCreated{};
}

Result<core::File> claim_file(Transaction& changes, UploadId id, const core::FileClaim& claim,
                              WallTime now) {
    auto file = present(load_file(changes, id), "file");
    if (!file || !file->expires_at || core::has_expired(*file, now)) {
        return file;
    }
    changes.erase(Table::files_by_expiry, expiry_key(*file->expires_at, id));
    core::File kept = core::claim(std::move(*file), claim);
    changes.put(Table::files, id_key(id), encode_file(kept));
    return kept;
}

Result<> remove_expired_file(Transaction& changes, UploadId id, WallTime now) {
    const auto file = present(load_file(changes, id), "file");
    if (!file) {
        return std::unexpected(file.error());
    }
    if (!core::has_expired(*file, now)) {
        return failure(Errc::conflict, "the file has not expired");
    }
    return remove_file(changes, id);
}

}  // namespace slipway::adapters::rocksdb
