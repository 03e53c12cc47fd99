#include "adapters/mariadb/catalog/file_changes.hpp"

#include <set>
#include <utility>

#include "adapters/mariadb/catalog/accounts.hpp"
#include "adapters/mariadb/catalog/outbox.hpp"
#include "adapters/mariadb/catalog/rows.hpp"

namespace slipway::adapters::mariadb {
namespace {

Task<Result<core::File>> lock_file(Session& session, UploadId id) {
    auto file = co_await load_file(session, id, Lock::exclusive);
    if (!file) {
        co_return std::unexpected(std::move(file.error()));
    }
    if (!*file) {
        co_return failure(Errc::not_found, "no such file");
    }
    co_return std::move(**file);
}

// What they come to, when they may stand in one call.
Result<core::Usage> sum_up(const std::vector<ports::NewFile>& files) {
    std::set<UploadId> ids;
    core::Usage sum;
    for (const ports::NewFile& wanted : files) {
        if (wanted.file.owner != files.front().file.owner) {
            return failure(Errc::invalid, "the files have several owners");
        }
        if (!ids.insert(wanted.file.id).second) {
            return failure(Errc::conflict, "the id is there twice");
        }
        sum = sum + core::usage_of(wanted.file);
    }
    return sum;
}

Task<Result<>> check_free(Session& session, std::vector<ports::NewFile> files) {
    for (const ports::NewFile& wanted : files) {
        const auto taken = co_await is_taken(session, wanted.file.id);
        if (!taken) {
            co_return std::unexpected(taken.error());
        }
        if (*taken) {
            co_return failure(Errc::conflict, "the id exists");
        }
    }
    co_return Result<>();
}

Task<Result<>> insert_all(Session& session, std::vector<ports::NewFile> files) {
    std::vector<PlacedPart> parts;
    for (ports::NewFile& wanted : files) {
        for (const core::Part& part : wanted.parts) {
            parts.push_back({wanted.file.id, part});
        }
        if (auto inserted = co_await insert_file(session, wanted.file); !inserted) {
            co_return inserted;
        }
    }
    co_return co_await insert_parts(session, std::move(parts));
}

// Whether all of them are there as they were wanted: made by an attempt before.
Task<Result<bool>> are_made(Session& session, std::vector<ports::NewFile> files) {
    for (const ports::NewFile& wanted : files) {
        const auto stored = co_await load_file(session, wanted.file.id, Lock::none);
        if (!stored) {
            co_return std::unexpected(stored.error());
        }
        if (*stored != wanted.file) {
            co_return false;
        }
    }
    co_return true;
}

}  // namespace

Task<Result<>> mark_damaged(Session& session, UploadId id, WallTime when) {
    auto file = co_await lock_file(session, id);
    if (!file) {
        co_return std::unexpected(std::move(file.error()));
    }
    if (file->damaged_at) {
        co_return Result<>();
    }
    file->damaged_at = when;
    co_return co_await update_file(session, std::move(*file));
}

Task<Result<>> set_file_places(Session& session, Attempt attempt, UploadId id,
                               core::FilePlaces expected, core::FilePlaces next, MaybeEvent event) {
    auto file = co_await lock_file(session, id);
    if (!file) {
        co_return std::unexpected(std::move(file.error()));
    }
    const core::FilePlaces places = core::places_of(*file);
    if (attempt == Attempt::after_unknown && places == next) {
        co_return Result<>();
    }
    if (places != expected) {
        co_return failure(Errc::conflict, "the file lies elsewhere by now");
    }
    file->storage_node = std::move(next.storage_node);
    file->copies = std::move(next.copies);
    auto written = co_await update_file(session, std::move(*file));
    co_return written ? co_await append_event(session, std::move(event)) : written;
}

Task<Result<>> remove_file(Session& session, Attempt attempt, UploadId id,
                           std::optional<WallTime> expired_by, MaybeEvent event) {
    if (auto upload = co_await load_upload(session, id, Lock::exclusive); !upload) {
        co_return std::unexpected(std::move(upload.error()));
    }
    const auto file = co_await lock_file(session, id);
    if (!file && file.error().code == Errc::not_found && attempt == Attempt::after_unknown) {
        co_return Result<>();
    }
    if (!file) {
        co_return std::unexpected(file.error());
    }
    if (expired_by && !core::has_expired(*file, *expired_by)) {
        co_return failure(Errc::conflict, "the file has not expired");
    }
    auto written = co_await erase_parts(session, id);
    if (written) {
        written = co_await erase_upload(session, id);
    }
    if (written) {
        written = co_await erase_file(session, id);
    }
    if (written) {
        written = co_await count_instead(session, file->owner, core::usage_of(*file), {});
    }
    if (written) {
        written = co_await append_event(session, std::move(event));
    }
    co_return written;
}

Task<Result<ports::CreateFilesOutcome>> create_files(Session& session, Attempt attempt,
                                                     std::vector<ports::NewFile> files,
                                                     core::Quota standard) {
    if (files.empty()) {
        co_return ports::FilesCreated{};
    }
    const auto added = sum_up(files);
    if (!added) {
        co_return std::unexpected(added.error());
    }
    const auto account = co_await lock_account(session, files.front().file.owner);
    if (!account) {
        co_return std::unexpected(account.error());
    }
    if (attempt == Attempt::after_unknown) {
        const auto made = co_await are_made(session, files);
        if (!made || *made) {
            co_return made ? Result<ports::CreateFilesOutcome>(ports::FilesCreated{})
                           : std::unexpected(made.error());
        }
    }
    if (auto free = co_await check_free(session, files); !free) {
        co_return std::unexpected(std::move(free.error()));
    }
    const auto excess =
        core::find_excess(account->quota.value_or(standard), account->usage, *added);
    if (excess) {
        co_return ports::QuotaRefused{*excess};
    }
    auto written = co_await insert_all(session, std::move(files));
    if (written) {
        written = co_await write_usage(session, account->owner, account->usage + *added);
    }
    co_return written ? Result<ports::CreateFilesOutcome>(ports::FilesCreated{})
                      : std::unexpected(std::move(written.error()));
}

Task<Result<core::File>> claim_file(Session& session, UploadId id, core::FileClaim claim,
                                    WallTime now) {
    auto file = co_await lock_file(session, id);
    if (!file || !file->expires_at || core::has_expired(*file, now)) {
        co_return file;
    }
    core::File kept = core::claim(std::move(*file), claim);
    auto written = co_await update_file(session, kept);
    co_return written ? Result<core::File>(std::move(kept))
                      : std::unexpected(std::move(written.error()));
}

}  // namespace slipway::adapters::mariadb
