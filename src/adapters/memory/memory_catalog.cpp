#include "adapters/memory/memory_catalog.hpp"

#include <set>
#include <utility>

namespace slipway::adapters::memory {
namespace {

bool is_unfinished(const core::Upload& upload) {
    return upload.state == core::UploadState::open || upload.state == core::UploadState::completing;
}

template <class Record, class Wanted>
ports::Page<Record> page_of(const std::map<UploadId, Record>& records, ports::PageRequest request,
                            Wanted wanted) {
    ports::Page<Record> page;
    if (request.limit == 0) {
        return page;
    }
    for (auto at = request.after ? records.upper_bound(*request.after) : records.begin();
         at != records.end(); ++at) {
        if (!wanted(at->second)) {
            continue;
        }
        if (page.items.size() == request.limit) {
            page.next = page.items.back().id;
            break;
        }
        page.items.push_back(at->second);
    }
    return page;
}

template <class Record>
Result<Record> find_in(const std::map<UploadId, Record>& records, UploadId id) {
    const auto found = records.find(id);
    return found == records.end() ? Result<Record>(failure(Errc::not_found, "no such record"))
                                  : found->second;
}

}  // namespace

core::Usage MemoryCatalog::usage_of(const std::string& owner) const {
    core::Usage usage;
    for (const auto& [id, upload] : uploads_) {
        if (upload.owner == owner) {
            usage = usage + usage_of(upload);
        }
    }
    for (const auto& [id, file] : files_) {
        if (file.owner == owner) {
            usage = usage + core::usage_of(file);
        }
    }
    return usage;
}

core::Usage MemoryCatalog::usage_of(const core::Upload& upload) const {
    core::Usage usage = core::usage_of(upload);
    const auto parts = parts_.find(upload.id);
    if (is_unfinished(upload) && parts != parts_.end()) {
        for (const auto& [number, part] : parts->second) {
            usage = usage + core::usage_of(upload.plan, part);
        }
    }
    return usage;
}

std::optional<core::QuotaExcess> MemoryCatalog::find_excess(const std::string& owner,
                                                            const core::Quota& standard,
                                                            const core::Usage& added) const {
    const auto own = quotas_.find(owner);
    return core::find_excess(own == quotas_.end() ? standard : own->second, usage_of(owner), added);
}

Result<ports::CreateUploadOutcome> MemoryCatalog::judge(const core::Upload& upload,
                                                        const core::Quota& standard) const {
    if (files_.contains(upload.id) || uploads_.contains(upload.id)) {
        return failure(Errc::conflict, "the id exists");
    }
    if (upload.idempotency) {
        for (const auto& [id, other] : uploads_) {
            if (other.owner == upload.owner && other.idempotency &&
                other.idempotency->key == upload.idempotency->key) {
                return ports::AlreadyCreated{other};
            }
        }
    }
    if (const auto excess = find_excess(upload.owner, standard, core::usage_of(upload))) {
        return ports::QuotaRefused{*excess};
    }
    return ports::UploadCreated{};
}

Task<Result<ports::CreateUploadOutcome>> MemoryCatalog::create_upload(
    core::Upload upload, core::Quota standard, std::optional<core::Event> event) {
    const std::scoped_lock lock(mutex_);
    auto outcome = judge(upload, standard);
    if (outcome && std::holds_alternative<ports::UploadCreated>(*outcome)) {
        uploads_.emplace(upload.id, upload);
        append(std::move(event));
    }
    co_return outcome;
}

Task<Result<ports::CreateUploadOutcome>> MemoryCatalog::preview_upload(core::Upload upload,
                                                                       core::Quota standard) {
    const std::scoped_lock lock(mutex_);
    co_return judge(upload, standard);
}

Task<Result<core::Usage>> MemoryCatalog::find_usage(std::string owner) {
    const std::scoped_lock lock(mutex_);
    co_return usage_of(owner);
}

Task<Result<std::optional<core::Quota>>> MemoryCatalog::find_quota(std::string owner) {
    const std::scoped_lock lock(mutex_);
    const auto found = quotas_.find(owner);
    co_return found == quotas_.end() ? std::nullopt : std::optional(found->second);
}

Task<Result<>> MemoryCatalog::set_quota(std::string owner, std::optional<core::Quota> quota) {
    const std::scoped_lock lock(mutex_);
    if (quota) {
        quotas_.insert_or_assign(std::move(owner), *quota);
    } else {
        quotas_.erase(owner);
    }
    co_return Result<>();
}

Task<Result<core::Upload>> MemoryCatalog::find_upload(UploadId id) {
    const std::scoped_lock lock(mutex_);
    co_return find_in(uploads_, id);
}

Task<Result<ports::Page<core::Upload>>> MemoryCatalog::list_open_uploads(std::string owner,
                                                                         ports::PageRequest page) {
    const std::scoped_lock lock(mutex_);
    co_return page_of(uploads_, page, [&owner](const core::Upload& upload) {
        return is_unfinished(upload) && upload.owner == owner;
    });
}

Task<Result<ports::Page<core::Upload>>> MemoryCatalog::list_uploads(core::UploadState state,
                                                                    ports::PageRequest page) {
    const std::scoped_lock lock(mutex_);
    co_return page_of(uploads_, page,
                      [state](const core::Upload& upload) { return upload.state == state; });
}

Task<Result<ports::PutPartOutcome>> MemoryCatalog::put_part(UploadId id, core::Epoch epoch,
                                                            core::Part part, core::Quota standard,
                                                            std::optional<core::Event> event) {
    const std::scoped_lock lock(mutex_);
    const auto upload = uploads_.find(id);
    if (upload == uploads_.end()) {
        co_return failure(Errc::not_found, "no such upload");
    }
    if (upload->second.state != core::UploadState::open || upload->second.epoch != epoch) {
        co_return ports::PartRefused{upload->second};
    }
    auto& stored = parts_[id];
    if (const auto existing = stored.find(part.number); existing != stored.end()) {
        co_return ports::PartAlreadyStored{existing->second};
    }
    const core::Upload& of = upload->second;
    if (const auto excess = find_excess(of.owner, standard, core::usage_of(of.plan, part))) {
        co_return ports::QuotaRefused{*excess};
    }
    stored.emplace(part.number, part);
    append(std::move(event));
    co_return ports::PartStored{};
}

Task<Result<>> MemoryCatalog::replace_parts(UploadId id, core::Epoch epoch,
                                            std::vector<core::Part> parts) {
    const std::scoped_lock lock(mutex_);
    const auto upload = uploads_.find(id);
    if (upload == uploads_.end()) {
        co_return failure(Errc::not_found, "no such upload");
    }
    if (upload->second.state != core::UploadState::open || upload->second.epoch != epoch) {
        co_return failure(Errc::conflict, "the upload is not open in this epoch");
    }
    for (core::Part& part : parts) {
        const PartNumber number = part.number;
        parts_[id].insert_or_assign(number, std::move(part));
    }
    co_return Result<>();
}

Task<Result<std::vector<core::Part>>> MemoryCatalog::list_parts(UploadId id) {
    const std::scoped_lock lock(mutex_);
    std::vector<core::Part> out;
    if (const auto found = parts_.find(id); found != parts_.end()) {
        for (const auto& [number, part] : found->second) {
            out.push_back(part);
        }
    }
    co_return out;
}

Task<Result<core::Part>> MemoryCatalog::find_part(UploadId id, PartNumber number) {
    const std::scoped_lock lock(mutex_);
    if (const auto parts = parts_.find(id); parts != parts_.end()) {
        if (const auto found = parts->second.find(number); found != parts->second.end()) {
            co_return found->second;
        }
    }
    co_return failure(Errc::not_found, "no such part");
}

Result<> MemoryCatalog::check_replaceable(core::Epoch expected, const core::Upload& next) const {
    if (next.epoch <= expected) {
        return failure(Errc::invalid, "the next epoch must be larger");
    }
    const auto stored = uploads_.find(next.id);
    if (stored == uploads_.end()) {
        return failure(Errc::not_found, "no such upload");
    }
    if (stored->second.epoch != expected) {
        return failure(Errc::conflict, "the upload is in another epoch");
    }
    return {};
}

void MemoryCatalog::replace(core::Upload next) {
    core::Upload& stored = uploads_.at(next.id);
    next.blobs = std::move(stored.blobs);
    stored = std::move(next);
}

Task<Result<>> MemoryCatalog::add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                                         std::vector<core::PartCopy> copies) {
    const std::scoped_lock lock(mutex_);
    const auto upload = uploads_.find(id);
    if (upload == uploads_.end()) {
        co_return failure(Errc::not_found, "no such upload");
    }
    if (!is_unfinished(upload->second) || upload->second.epoch != epoch) {
        co_return failure(Errc::conflict, "the upload has ended, or is in another epoch");
    }
    auto& parts = parts_[id];
    const auto part = parts.find(number);
    if (part == parts.end()) {
        co_return failure(Errc::not_found, "no such part");
    }
    core::add_copies(part->second, copies);
    co_return Result<>();
}

Task<Result<>> MemoryCatalog::add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                                       core::StagedCopy blob) {
    const std::scoped_lock lock(mutex_);
    const auto found = uploads_.find(id);
    if (found == uploads_.end()) {
        co_return failure(Errc::not_found, "no such upload");
    }
    core::Upload& upload = found->second;
    if (!is_unfinished(upload) || upload.epoch != epoch || upload.blobs.size() != seen) {
        co_return failure(Errc::conflict, "the upload is not as it was seen");
    }
    upload.blobs.push_back(std::move(blob));
    co_return Result<>();
}

Task<Result<>> MemoryCatalog::advance_upload(core::Epoch expected, core::Upload next,
                                             std::optional<core::Event> event) {
    const std::scoped_lock lock(mutex_);
    auto checked = check_replaceable(expected, next);
    if (checked) {
        replace(std::move(next));
        append(std::move(event));
    }
    co_return checked;
}

Task<Result<>> MemoryCatalog::complete_upload(core::Epoch expected, core::Upload next,
                                              core::File file, std::optional<core::Event> event) {
    if (next.id != file.id || next.state != core::UploadState::complete) {
        co_return failure(Errc::invalid, "a file comes from its own upload's completion");
    }
    const std::scoped_lock lock(mutex_);
    if (auto checked = check_replaceable(expected, next); !checked) {
        co_return checked;
    }
    if (!files_.emplace(file.id, file).second) {
        co_return failure(Errc::conflict, "the file exists");
    }
    replace(std::move(next));
    append(std::move(event));
    co_return Result<>();
}

Task<Result<>> MemoryCatalog::forget_upload(UploadId id) {
    const std::scoped_lock lock(mutex_);
    const auto found = uploads_.find(id);
    if (found == uploads_.end()) {
        co_return Result<>();
    }
    if (is_unfinished(found->second)) {
        co_return failure(Errc::conflict, "the upload has not ended");
    }
    if (!files_.contains(id)) {
        parts_.erase(id);
    }
    uploads_.erase(found);
    co_return Result<>();
}

Task<Result<core::File>> MemoryCatalog::find_file(UploadId id) {
    const std::scoped_lock lock(mutex_);
    co_return find_in(files_, id);
}

Task<Result<ports::Page<core::File>>> MemoryCatalog::list_files(std::string owner,
                                                                ports::PageRequest page) {
    const std::scoped_lock lock(mutex_);
    co_return page_of(files_, page,
                      [&owner](const core::File& file) { return file.owner == owner; });
}

Task<Result<ports::Page<core::File>>> MemoryCatalog::list_all_files(ports::PageRequest page) {
    const std::scoped_lock lock(mutex_);
    co_return page_of(files_, page, [](const core::File&) { return true; });
}

Task<Result<>> MemoryCatalog::mark_damaged(UploadId id, WallTime when) {
    const std::scoped_lock lock(mutex_);
    const auto found = files_.find(id);
    if (found == files_.end()) {
        co_return failure(Errc::not_found, "no such file");
    }
    if (!found->second.damaged_at) {
        found->second.damaged_at = when;
    }
    co_return Result<>();
}

Task<Result<>> MemoryCatalog::set_file_places(UploadId id, core::FilePlaces expected,
                                              core::FilePlaces next,
                                              std::optional<core::Event> event) {
    const std::scoped_lock lock(mutex_);
    const auto found = files_.find(id);
    if (found == files_.end()) {
        co_return failure(Errc::not_found, "no such file");
    }
    if (core::places_of(found->second) != expected) {
        co_return failure(Errc::conflict, "the file lies elsewhere by now");
    }
    found->second.storage_node = std::move(next.storage_node);
    found->second.copies = std::move(next.copies);
    append(std::move(event));
    co_return Result<>();
}

Task<Result<>> MemoryCatalog::remove_file(UploadId id, std::optional<core::Event> event) {
    const std::scoped_lock lock(mutex_);
    if (!files_.contains(id)) {
        co_return failure(Errc::not_found, "no such file");
    }
    erase_file(id);
    append(std::move(event));
    co_return Result<>();
}

void MemoryCatalog::erase_file(UploadId id) {
    files_.erase(id);
    parts_.erase(id);
    uploads_.erase(id);
}

Result<ports::CreateFilesOutcome> MemoryCatalog::judge(const std::vector<ports::NewFile>& files,
                                                       const core::Quota& standard) const {
    std::set<UploadId> ids;
    core::Usage added;
    for (const ports::NewFile& wanted : files) {
        if (wanted.file.owner != files.front().file.owner) {
            return failure(Errc::invalid, "the files have several owners");
        }
        if (is_taken(wanted.file.id) || !ids.insert(wanted.file.id).second) {
            return failure(Errc::conflict, "the id exists");
        }
        added = added + core::usage_of(wanted.file);
    }
    if (files.empty()) {
        return ports::FilesCreated{};
    }
    const auto excess = find_excess(files.front().file.owner, standard, added);
    return excess ? ports::CreateFilesOutcome(ports::QuotaRefused{*excess}) : ports::FilesCreated{};
}

Task<Result<ports::CreateFilesOutcome>> MemoryCatalog::create_files(
    std::vector<ports::NewFile> files, core::Quota standard) {
    const std::scoped_lock lock(mutex_);
    auto outcome = judge(files, standard);
    if (!outcome || !std::holds_alternative<ports::FilesCreated>(*outcome)) {
        co_return outcome;
    }
    for (ports::NewFile& wanted : files) {
        const UploadId id = wanted.file.id;
        for (const core::Part& part : wanted.parts) {
            parts_[id].emplace(part.number, part);
        }
        files_.emplace(id, std::move(wanted.file));
    }
    co_return outcome;
}

Task<Result<core::File>> MemoryCatalog::claim_file(UploadId id, core::FileClaim claim,
                                                   WallTime now) {
    const std::scoped_lock lock(mutex_);
    const auto found = files_.find(id);
    if (found == files_.end()) {
        co_return failure(Errc::not_found, "no such file");
    }
    core::File& file = found->second;
    if (file.expires_at && !core::has_expired(file, now)) {
        file = core::claim(std::move(file), claim);
    }
    co_return file;
}

Task<Result<std::vector<UploadId>>> MemoryCatalog::list_expired_files(WallTime now,
                                                                      std::size_t limit) {
    const std::scoped_lock lock(mutex_);
    std::set<std::pair<WallTime, UploadId>> expired;
    for (const auto& [id, file] : files_) {
        if (core::has_expired(file, now)) {
            expired.emplace(*file.expires_at, id);
        }
    }
    std::vector<UploadId> ids;
    for (const auto& [time, id] : expired) {
        if (ids.size() == limit) {
            break;
        }
        ids.push_back(id);
    }
    co_return ids;
}

Task<Result<>> MemoryCatalog::remove_expired_file(UploadId id, WallTime now,
                                                  std::optional<core::Event> event) {
    const std::scoped_lock lock(mutex_);
    const auto found = files_.find(id);
    if (found == files_.end()) {
        co_return failure(Errc::not_found, "no such file");
    }
    if (!core::has_expired(found->second, now)) {
        co_return failure(Errc::conflict, "the file has not expired");
    }
    erase_file(id);
    append(std::move(event));
    co_return Result<>();
}

void MemoryCatalog::append(std::optional<core::Event> event) {
    if (event) {
        outbox_.emplace(++last_position_, std::move(*event));
    }
}

Task<Result<std::vector<core::OutboxEntry>>> MemoryCatalog::list_events(std::uint64_t after,
                                                                        std::size_t limit) {
    const std::scoped_lock lock(mutex_);
    std::vector<core::OutboxEntry> entries;
    for (auto at = outbox_.upper_bound(after); at != outbox_.end() && entries.size() < limit;
         ++at) {
        entries.push_back({at->first, at->second});
    }
    co_return entries;
}

Task<Result<>> MemoryCatalog::remove_events(std::uint64_t through) {
    const std::scoped_lock lock(mutex_);
    outbox_.erase(outbox_.begin(), outbox_.upper_bound(through));
    co_return Result<>();
}

std::size_t MemoryCatalog::events_waiting() const {
    const std::scoped_lock lock(mutex_);
    return outbox_.size();
}

}  // namespace slipway::adapters::memory
