#include "adapters/mariadb/catalog/upload_changes.hpp"

#include <utility>

#include "adapters/mariadb/catalog/accounts.hpp"
#include "adapters/mariadb/catalog/outbox.hpp"
#include "adapters/mariadb/catalog/part_loans.hpp"
#include "adapters/mariadb/catalog/rows.hpp"
#include "adapters/mariadb/cluster/part_claims.hpp"
#include "records/records.hpp"

namespace slipway::adapters::mariadb {
namespace {

using ports::CreateUploadOutcome;

// The upload of this owner that was asked for with this key, while it is on record.
Task<Result<std::optional<core::Upload>>> load_by_key(Session& session, std::string owner,
                                                      std::string key) {
    auto found = co_await session.execute(
        "SELECT id,record FROM uploads WHERE owner=? AND idempotency_key=?", std::move(owner),
        std::move(key));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    auto uploads = uploads_of(*found);
    if (!uploads) {
        co_return std::unexpected(std::move(uploads.error()));
    }
    if (uploads->empty()) {
        co_return std::nullopt;
    }
    co_return std::move(uploads->front());
}

// `account` is its owner's.
Task<Result<CreateUploadOutcome>> judge(Session& session, core::Upload upload, Account account,
                                        core::Quota standard) {
    const auto taken = co_await is_taken(session, upload.id);
    if (!taken) {
        co_return std::unexpected(taken.error());
    }
    if (*taken) {
        co_return failure(Errc::conflict, "the id exists");
    }
    if (upload.idempotency) {
        auto existing = co_await load_by_key(session, upload.owner, upload.idempotency->key);
        if (!existing) {
            co_return std::unexpected(std::move(existing.error()));
        }
        if (*existing) {
            co_return ports::AlreadyCreated{std::move(**existing)};
        }
    }
    const auto excess =
        core::find_excess(account.quota.value_or(standard), account.usage, core::usage_of(upload));
    if (excess) {
        co_return ports::QuotaRefused{*excess};
    }
    co_return ports::UploadCreated{};
}

core::Usage parts_of(const UploadRow& row) {
    return {.bytes = row.counted_bytes, .files = 0, .open_uploads = 0};
}

// What an upload comes to with its parts; nothing of one that has ended.
core::Usage all_of(const UploadRow& row) {
    return core::usage_of(row.upload) + parts_of(row);
}

Result<> check_replaceable(const std::optional<UploadRow>& stored, core::Epoch expected,
                           const core::Upload& next) {
    if (next.epoch <= expected) {
        return failure(Errc::invalid, "the next epoch must be larger");
    }
    if (!stored) {
        return failure(Errc::not_found, "no such upload");
    }
    if (stored->upload.epoch != expected) {
        return failure(Errc::conflict, "the upload is in epoch " +
                                           std::to_string(stored->upload.epoch) + ", not in " +
                                           std::to_string(expected));
    }
    if (stored->loan) {
        return upload_is_lent();
    }
    return {};
}

Task<Result<core::Upload>> lock_upload(Session& session, UploadId id) {
    auto row = co_await load_upload(session, id, Lock::exclusive);
    if (!row) {
        co_return std::unexpected(std::move(row.error()));
    }
    if (!*row) {
        co_return failure(Errc::not_found, "no such upload");
    }
    co_return std::move((*row)->upload);
}

// A file with the upload's id must not be there yet.
Task<Result<>> check_no_file(Session& session, UploadId id) {
    const auto existing = co_await load_file(session, id, Lock::exclusive);
    if (!existing) {
        co_return std::unexpected(existing.error());
    }
    co_return *existing ? Result<>(failure(Errc::conflict, "the file exists")) : Result<>();
}

}  // namespace

Task<Result<CreateUploadOutcome>> judge_upload(Session& session, core::Upload upload,
                                               core::Quota standard) {
    auto account = co_await read_account(session, upload.owner);
    if (!account) {
        co_return std::unexpected(std::move(account.error()));
    }
    co_return co_await judge(session, std::move(upload), std::move(*account), standard);
}

Task<Result<CreateUploadOutcome>> create_upload(Session& session, Attempt attempt,
                                                core::Upload upload, core::Quota standard,
                                                MaybeEvent event) {
    // With the account in hand nobody else makes an upload of this owner, with this key or another.
    auto account = co_await lock_account(session, upload.owner);
    if (!account) {
        co_return std::unexpected(std::move(account.error()));
    }
    if (attempt == Attempt::after_unknown) {
        const auto made = co_await load_upload(session, upload.id, Lock::none);
        if (!made) {
            co_return std::unexpected(made.error());
        }
        if (*made && (*made)->upload == upload) {
            co_return ports::UploadCreated{};
        }
    }
    const core::Usage before = account->usage;
    auto outcome = co_await judge(session, upload, std::move(*account), standard);
    if (!outcome || !std::holds_alternative<ports::UploadCreated>(*outcome)) {
        co_return outcome;
    }
    auto written = co_await insert_upload(session, upload);
    if (written) {
        written = co_await write_usage(session, upload.owner, before + core::usage_of(upload));
    }
    if (written) {
        written = co_await append_event(session, std::move(event));
    }
    co_return written ? outcome : std::unexpected(std::move(written.error()));
}

Task<Result<ports::PutPartOutcome>> put_counted_part(Session& session, Attempt attempt, UploadId id,
                                                     core::Epoch epoch, core::Part part,
                                                     core::Quota standard, MaybeEvent event) {
    auto row = co_await load_upload(session, id, Lock::exclusive);
    if (!row) {
        co_return std::unexpected(std::move(row.error()));
    }
    if (!*row) {
        co_return failure(Errc::not_found, "no such upload");
    }
    UploadRow& upload = **row;
    auto existing = co_await load_part(session, id, part.number, Lock::none);
    if (!existing) {
        co_return std::unexpected(std::move(existing.error()));
    }
    if (attempt == Attempt::after_unknown && *existing == part) {
        co_return ports::PartStored{};
    }
    if (upload.upload.state != core::UploadState::open || upload.upload.epoch != epoch) {
        co_return ports::PartRefused{std::move(upload.upload)};
    }
    if (*existing) {
        co_return ports::PartAlreadyStored{std::move(**existing)};
    }
    const auto account = co_await lock_account(session, upload.upload.owner);
    if (!account) {
        co_return std::unexpected(account.error());
    }
    const core::Usage added = core::usage_of(upload.upload.plan, part);
    const auto excess = core::find_excess(account->quota.value_or(standard), account->usage, added);
    if (excess) {
        co_return ports::QuotaRefused{*excess};
    }
    std::vector<PlacedPart> placed;
    placed.push_back({id, part});
    auto written = co_await insert_parts(session, std::move(placed));
    if (written) {
        written = co_await write_counted_bytes(session, id, upload.counted_bytes + added.bytes);
    }
    if (written) {
        written = co_await write_usage(session, account->owner, account->usage + added);
    }
    if (written) {
        written = co_await append_event(session, std::move(event));
    }
    co_return written ? Result<ports::PutPartOutcome>(ports::PartStored{})
                      : std::unexpected(std::move(written.error()));
}

Task<Result<>> replace_parts(Session& session, UploadId id, core::Epoch epoch,
                             std::vector<core::Part> parts) {
    const auto stored = co_await lock_upload(session, id);
    if (!stored) {
        co_return std::unexpected(stored.error());
    }
    const core::Upload& upload = *stored;
    if (upload.state != core::UploadState::open || upload.epoch != epoch) {
        co_return failure(Errc::conflict, "the upload is not open in this epoch");
    }
    std::vector<PlacedPart> placed;
    for (const core::Part& part : parts) {
        placed.push_back({id, part});
    }
    co_return co_await replace_parts(session, std::move(placed));
}

Task<Result<>> add_copies(Session& session, UploadId id, core::Epoch epoch, PartNumber number,
                          std::vector<core::PartCopy> copies) {
    const auto row = co_await load_upload(session, id, Lock::exclusive);
    if (!row) {
        co_return std::unexpected(row.error());
    }
    if (!*row) {
        co_return failure(Errc::not_found, "no such upload");
    }
    const core::Upload& upload = (*row)->upload;
    if (!is_unfinished(upload.state) || upload.epoch != epoch) {
        co_return failure(Errc::conflict, "the upload has ended, or is in another epoch");
    }
    if ((*row)->loan) {
        co_return upload_is_lent();
    }
    auto part = co_await load_part(session, id, number, Lock::exclusive);
    if (!part) {
        co_return std::unexpected(std::move(part.error()));
    }
    if (!*part) {
        co_return failure(Errc::not_found, "no such part");
    }
    core::add_copies(**part, copies);
    std::vector<PlacedPart> placed;
    placed.push_back({id, **part});
    co_return co_await replace_parts(session, std::move(placed));
}

Task<Result<>> add_blob(Session& session, Attempt attempt, UploadId id, core::Epoch epoch,
                        std::size_t seen, core::StagedCopy blob) {
    auto upload = co_await lock_upload(session, id);
    if (!upload) {
        co_return std::unexpected(std::move(upload.error()));
    }
    if (attempt == Attempt::after_unknown && upload->blobs.size() > seen &&
        upload->blobs[seen] == blob) {
        co_return Result<>();
    }
    if (!is_unfinished(upload->state) || upload->epoch != epoch || upload->blobs.size() != seen) {
        co_return failure(Errc::conflict, "the upload is not as it was seen");
    }
    upload->blobs.push_back(std::move(blob));
    co_return co_await write_record(session, std::move(*upload));
}

Task<Result<>> advance_upload(Session& session, Attempt attempt, core::Epoch expected,
                              core::Upload next, std::optional<core::File> file, MaybeEvent event) {
    auto stored = co_await load_upload(session, next.id, Lock::exclusive);
    if (!stored) {
        co_return std::unexpected(std::move(stored.error()));
    }
    if (*stored) {
        // Only add_blob() changes them: `next` may come of a record that was read before it.
        next.blobs = (*stored)->upload.blobs;
    }
    if (attempt == Attempt::after_unknown && *stored && (*stored)->upload == next) {
        co_return Result<>();
    }
    if (auto checked = check_replaceable(*stored, expected, next); !checked) {
        co_return checked;
    }
    UploadRow row = std::move(**stored);
    const core::Usage before = all_of(row);
    const bool ends = !is_unfinished(next.state);
    row.upload = next;
    row.counted_bytes = ends ? 0 : row.counted_bytes;
    core::Usage after = all_of(row);
    Result<> written;
    if (file) {
        after = after + core::usage_of(*file);
        written = co_await check_no_file(session, next.id);
    }
    const std::string owner = next.owner;
    if (written) {
        written = co_await update_upload(session, expected, std::move(row));
    }
    if (written && ends) {
        written = co_await forget_part_claims(session, next.id);
    }
    if (written && file) {
        written = co_await insert_file(session, std::move(*file));
    }
    if (written) {
        written = co_await count_instead(session, owner, before, after);
    }
    if (written) {
        written = co_await append_event(session, std::move(event));
    }
    co_return written;
}

Task<Result<>> forget_upload(Session& session, UploadId id) {
    const auto stored = co_await load_upload(session, id, Lock::exclusive);
    if (!stored) {
        co_return std::unexpected(stored.error());
    }
    if (!*stored) {
        co_return Result<>();
    }
    if (is_unfinished((*stored)->upload.state)) {
        co_return failure(Errc::conflict, "the upload has not ended");
    }
    const auto file = co_await load_file(session, id, Lock::shared);
    if (!file) {
        co_return std::unexpected(file.error());
    }
    if (!*file) {
        if (auto erased = co_await erase_parts(session, id); !erased) {
            co_return erased;
        }
    }
    co_return co_await erase_upload(session, id);
}

}  // namespace slipway::adapters::mariadb
