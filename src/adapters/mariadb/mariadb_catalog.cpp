#include "adapters/mariadb/mariadb_catalog.hpp"

#include <algorithm>
#include <utility>

#include "adapters/mariadb/catalog/accounts.hpp"
#include "adapters/mariadb/catalog/file_changes.hpp"
#include "adapters/mariadb/catalog/outbox.hpp"
#include "adapters/mariadb/catalog/part_loans.hpp"
#include "adapters/mariadb/catalog/rows.hpp"
#include "adapters/mariadb/catalog/upload_changes.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::adapters::mariadb {
namespace {

// A page is asked for with one record more than it may have.
constexpr std::size_t kMostOfPage = 100'000;

// not_found where there is nothing.
template <class Record>
Result<Record> present(Result<std::optional<Record>> found, std::string_view what) {
    if (!found) {
        return std::unexpected(std::move(found.error()));
    }
    if (!*found) {
        return failure(Errc::not_found, "no such " + std::string(what));
    }
    return std::move(**found);
}

Task<Result<Rows>> run_statement(Session& session, std::string statement,
                                 std::vector<Value> values) {
    return session.execute_with(std::move(statement), std::move(values));
}

Task<Result<std::vector<core::Part>>> read_parts(Session& session, UploadId id) {
    auto found = co_await session.execute(
        "SELECT number,record FROM parts WHERE upload=? ORDER BY number", bytes_of(id));
    co_return found ? parts_of(id, *found)
                    : Result<std::vector<core::Part>>(std::unexpected(found.error()));
}

Task<Result<std::vector<UploadId>>> read_expired(Session& session, WallTime now,
                                                 std::size_t limit) {
    auto found = co_await session.execute(
        "SELECT id FROM files WHERE expires_at<=? ORDER BY expires_at,id LIMIT ?", unix_millis(now),
        std::uint64_t{limit});
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    std::vector<UploadId> ids;
    for (const Row& row : found->rows) {
        const auto id = id_of(row.bytes(0));
        if (!id) {
            co_return failure(Errc::corrupted, "a file's row has no id");
        }
        ids.push_back(*id);
    }
    co_return ids;
}

std::string after(const ports::PageRequest& page) {
    return page.after ? bytes_of(*page.after) : std::string();
}

}  // namespace

Result<std::unique_ptr<MariaDbCatalog>> MariaDbCatalog::open(std::shared_ptr<Database> database,
                                                             PartBatcherOptions options) {
    std::unique_ptr<MariaDbCatalog> catalog(
        new MariaDbCatalog(std::move(database), std::move(options)));
    const auto waiting = runtime::run_blocking(catalog->database_->read<std::size_t>(count_events));
    if (!waiting) {
        return std::unexpected(waiting.error());
    }
    catalog->events_waiting_ = *waiting;
    return catalog;
}

MariaDbCatalog::MariaDbCatalog(std::shared_ptr<Database> database, PartBatcherOptions options)
    : database_(std::move(database)), parts_(*database_, std::move(options)) {}

MariaDbCatalog::~MariaDbCatalog() {
    database_->stop();
}

template <class T>
Result<T> MariaDbCatalog::counted(Result<T> result, bool added) {
    if (result && added) {
        ++events_waiting_;
    }
    return result;
}

template <class Record, class Decode>
Task<Result<ports::Page<Record>>> MariaDbCatalog::list(std::string statement,
                                                       std::vector<Value> values,
                                                       ports::PageRequest page, Decode decode) {
    ports::Page<Record> out;
    if (page.limit == 0) {
        co_return out;
    }
    const std::size_t limit = std::min(page.limit, kMostOfPage);
    values.emplace_back(after(page));
    values.emplace_back(std::uint64_t{limit + 1});
    auto body = [statement = std::move(statement), values = std::move(values)](Session& session) {
        return run_statement(session, statement, values);
    };
    const auto rows = co_await database_->read<Rows>(std::move(body));
    if (!rows) {
        co_return std::unexpected(rows.error());
    }
    auto records = decode(*rows);
    if (!records) {
        co_return std::unexpected(std::move(records.error()));
    }
    out.items = std::move(*records);
    if (out.items.size() > limit) {
        out.items.pop_back();
        out.next = out.items.back().id;
    }
    co_return out;
}

Task<Result<ports::CreateUploadOutcome>> MariaDbCatalog::create_upload(
    core::Upload upload, core::Quota standard, std::optional<core::Event> event) {
    const bool tells = event.has_value();
    auto body = [upload = std::move(upload), standard, event = std::move(event)](Session& session,
                                                                                 Attempt attempt) {
        return mariadb::create_upload(session, attempt, upload, standard, event);
    };
    auto outcome = co_await database_->change<ports::CreateUploadOutcome>(std::move(body));
    const bool added = tells && outcome && std::holds_alternative<ports::UploadCreated>(*outcome);
    co_return counted(std::move(outcome), added);
}

Task<Result<ports::CreateUploadOutcome>> MariaDbCatalog::preview_upload(core::Upload upload,
                                                                        core::Quota standard) {
    auto body = [upload = std::move(upload), standard](Session& session) {
        return judge_upload(session, upload, standard);
    };
    co_return co_await database_->read<ports::CreateUploadOutcome>(std::move(body));
}

Task<Result<core::Upload>> MariaDbCatalog::find_upload(UploadId id) {
    auto body = [id](Session& session) { return load_upload(session, id, Lock::none); };
    auto row =
        present(co_await database_->read<std::optional<UploadRow>>(std::move(body)), "upload");
    co_return row ? Result<core::Upload>(std::move(row->upload))
                  : std::unexpected(std::move(row.error()));
}

Task<Result<ports::Page<core::Upload>>> MariaDbCatalog::list_open_uploads(std::string owner,
                                                                          ports::PageRequest page) {
    std::vector<Value> values;
    values.emplace_back(std::move(owner));
    co_return co_await list<core::Upload>(
        "SELECT id,record FROM uploads WHERE owner=? AND unfinished=1 AND id>? ORDER BY id LIMIT ?",
        std::move(values), page, uploads_of);
}

Task<Result<ports::Page<core::Upload>>> MariaDbCatalog::list_uploads(core::UploadState state,
                                                                     ports::PageRequest page) {
    std::vector<Value> values;
    values.emplace_back(std::uint64_t{static_cast<std::uint8_t>(state)});
    co_return co_await list<core::Upload>(
        "SELECT id,record FROM uploads WHERE state=? AND id>? ORDER BY id LIMIT ?",
        std::move(values), page, uploads_of);
}

Task<Result<ports::PutPartOutcome>> MariaDbCatalog::put_part(UploadId id, core::Epoch epoch,
                                                             core::Part part, core::Quota standard,
                                                             std::optional<core::Event> event) {
    const bool tells = event.has_value();
    WantedPart wanted{id, epoch, part, event};
    auto outcome = co_await parts_.put(std::move(wanted));
    if (!outcome) {
        co_return std::unexpected(std::move(outcome.error()));
    }
    if (*outcome) {
        const bool added = tells && std::holds_alternative<ports::PartStored>(**outcome);
        co_return counted(Result<ports::PutPartOutcome>(std::move(**outcome)), added);
    }
    auto body = [id, epoch, part = std::move(part), standard, event = std::move(event)](
                    Session& session, Attempt attempt) {
        return put_counted_part(session, attempt, id, epoch, part, standard, event);
    };
    auto counted_part = co_await database_->change<ports::PutPartOutcome>(std::move(body));
    const bool added =
        tells && counted_part && std::holds_alternative<ports::PartStored>(*counted_part);
    co_return counted(std::move(counted_part), added);
}

Task<Result<>> MariaDbCatalog::replace_parts(UploadId id, core::Epoch epoch,
                                             std::vector<core::Part> parts) {
    auto body = [id, epoch, parts = std::move(parts)](Session& session, Attempt) {
        return mariadb::replace_parts(session, id, epoch, parts);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<std::vector<core::Part>>> MariaDbCatalog::list_parts(UploadId id) {
    auto body = [id](Session& session) { return read_parts(session, id); };
    co_return co_await database_->read<std::vector<core::Part>>(std::move(body));
}

Task<Result<core::Part>> MariaDbCatalog::find_part(UploadId id, PartNumber number) {
    auto body = [id, number](Session& session) {
        return load_part(session, id, number, Lock::none);
    };
    co_return present(co_await database_->read<std::optional<core::Part>>(std::move(body)), "part");
}

Task<Result<>> MariaDbCatalog::add_copies(UploadId id, core::Epoch epoch, PartNumber number,
                                          std::vector<core::PartCopy> copies) {
    auto body = [id, epoch, number, copies = std::move(copies)](Session& session, Attempt) {
        return mariadb::add_copies(session, id, epoch, number, copies);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<>> MariaDbCatalog::add_blob(UploadId id, core::Epoch epoch, std::size_t seen,
                                        core::StagedCopy blob) {
    auto body = [id, epoch, seen, blob = std::move(blob)](Session& session, Attempt attempt) {
        return mariadb::add_blob(session, attempt, id, epoch, seen, blob);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<>> MariaDbCatalog::advance_upload(core::Epoch expected, core::Upload next,
                                              std::optional<core::Event> event) {
    const bool tells = event.has_value();
    auto body = [expected, next = std::move(next), event = std::move(event)](Session& session,
                                                                             Attempt attempt) {
        return mariadb::advance_upload(session, attempt, expected, next, std::nullopt, event);
    };
    co_return counted(co_await database_->change<void>(std::move(body)), tells);
}

Task<Result<>> MariaDbCatalog::complete_upload(core::Epoch expected, core::Upload next,
                                               core::File file, std::optional<core::Event> event) {
    if (next.id != file.id || next.state != core::UploadState::complete) {
        co_return failure(Errc::invalid, "a file comes from its own upload's completion");
    }
    const bool tells = event.has_value();
    auto body = [expected, next = std::move(next), file = std::move(file),
                 event = std::move(event)](Session& session, Attempt attempt) {
        return mariadb::advance_upload(session, attempt, expected, next, file, event);
    };
    co_return counted(co_await database_->change<void>(std::move(body)), tells);
}

Task<Result<>> MariaDbCatalog::forget_upload(UploadId id) {
    auto body = [id](Session& session, Attempt) { return mariadb::forget_upload(session, id); };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<core::File>> MariaDbCatalog::find_file(UploadId id) {
    auto body = [id](Session& session) { return load_file(session, id, Lock::none); };
    co_return present(co_await database_->read<std::optional<core::File>>(std::move(body)), "file");
}

Task<Result<ports::Page<core::File>>> MariaDbCatalog::list_files(std::string owner,
                                                                 ports::PageRequest page) {
    std::vector<Value> values;
    values.emplace_back(std::move(owner));
    co_return co_await list<core::File>(
        "SELECT id,record FROM files WHERE owner=? AND id>? ORDER BY id LIMIT ?", std::move(values),
        page, files_of);
}

Task<Result<ports::Page<core::File>>> MariaDbCatalog::list_all_files(ports::PageRequest page) {
    co_return co_await list<core::File>(
        "SELECT id,record FROM files WHERE id>? ORDER BY id LIMIT ?", {}, page, files_of);
}

Task<Result<>> MariaDbCatalog::mark_damaged(UploadId id, WallTime when) {
    auto body = [id, when](Session& session, Attempt) {
        return mariadb::mark_damaged(session, id, when);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<>> MariaDbCatalog::set_file_places(UploadId id, core::FilePlaces expected,
                                               core::FilePlaces next,
                                               std::optional<core::Event> event) {
    const bool tells = event.has_value();
    auto body = [id, expected = std::move(expected), next = std::move(next),
                 event = std::move(event)](Session& session, Attempt attempt) {
        return mariadb::set_file_places(session, attempt, id, expected, next, event);
    };
    co_return counted(co_await database_->change<void>(std::move(body)), tells);
}

Task<Result<>> MariaDbCatalog::remove(UploadId id, std::optional<WallTime> expired_by,
                                      std::optional<core::Event> event) {
    const bool tells = event.has_value();
    auto body = [id, expired_by, event = std::move(event)](Session& session, Attempt attempt) {
        return mariadb::remove_file(session, attempt, id, expired_by, event);
    };
    co_return counted(co_await database_->change<void>(std::move(body)), tells);
}

Task<Result<>> MariaDbCatalog::remove_file(UploadId id, std::optional<core::Event> event) {
    return remove(id, std::nullopt, std::move(event));
}

Task<Result<>> MariaDbCatalog::remove_expired_file(UploadId id, WallTime now,
                                                   std::optional<core::Event> event) {
    return remove(id, now, std::move(event));
}

Task<Result<std::vector<core::OutboxEntry>>> MariaDbCatalog::list_events(std::uint64_t after,
                                                                         std::size_t limit) {
    auto body = [after, limit](Session& session) { return read_events(session, after, limit); };
    co_return co_await database_->read<std::vector<core::OutboxEntry>>(std::move(body));
}

Task<Result<>> MariaDbCatalog::remove_events(std::uint64_t through) {
    std::optional<HeldLease> holding;
    if (fence_) {
        const auto token = fence_->token();
        if (!token) {
            co_return failure(Errc::conflict, "the lease \"" + fence_->lease + "\" is not held");
        }
        holding = HeldLease{fence_->lease, *token};
    }
    auto body = [through, holding](Session& session, Attempt) {
        return erase_events(session, through, holding);
    };
    auto erased = co_await database_->change<void>(std::move(body));
    if (erased) {
        static_cast<void>(co_await count_waiting_events());
    }
    co_return erased;
}

Task<Result<>> MariaDbCatalog::count_waiting_events() {
    const auto waiting = co_await database_->read<std::size_t>(count_events);
    if (!waiting) {
        co_return std::unexpected(waiting.error());
    }
    events_waiting_ = *waiting;
    co_return Result<>();
}

std::size_t MariaDbCatalog::events_waiting() const {
    return events_waiting_.load();
}

Task<Result<core::Usage>> MariaDbCatalog::find_usage(std::string owner) {
    auto body = [owner = std::move(owner)](Session& session) {
        return read_account(session, owner);
    };
    const auto account = co_await database_->read<Account>(std::move(body));
    co_return account ? Result<core::Usage>(account->usage) : std::unexpected(account.error());
}

Task<Result<std::optional<core::Quota>>> MariaDbCatalog::find_quota(std::string owner) {
    auto body = [owner = std::move(owner)](Session& session) {
        return read_account(session, owner);
    };
    const auto account = co_await database_->read<Account>(std::move(body));
    co_return account ? Result<std::optional<core::Quota>>(account->quota)
                      : std::unexpected(account.error());
}

Task<Result<>> MariaDbCatalog::set_quota(std::string owner, std::optional<core::Quota> quota) {
    auto body = [owner = std::move(owner), quota](Session& session, Attempt) {
        return write_quota(session, owner, quota);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<ports::CreateFilesOutcome>> MariaDbCatalog::create_files(
    std::vector<ports::NewFile> files, core::Quota standard) {
    auto body = [files = std::move(files), standard](Session& session, Attempt attempt) {
        return mariadb::create_files(session, attempt, files, standard);
    };
    co_return co_await database_->change<ports::CreateFilesOutcome>(std::move(body));
}

Task<Result<core::File>> MariaDbCatalog::claim_file(UploadId id, core::FileClaim claim,
                                                    WallTime now) {
    auto body = [id, claim = std::move(claim), now](Session& session, Attempt) {
        return mariadb::claim_file(session, id, claim, now);
    };
    co_return co_await database_->change<core::File>(std::move(body));
}

Task<Result<std::vector<UploadId>>> MariaDbCatalog::list_expired_files(WallTime now,
                                                                       std::size_t limit) {
    auto body = [now, limit](Session& session) { return read_expired(session, now, limit); };
    co_return co_await database_->read<std::vector<UploadId>>(std::move(body));
}

Task<Result<>> MariaDbCatalog::lend(ports::LoanRequest request) {
    if (request.name.empty() || request.name.size() > ports::kMaxLoanName) {
        co_return failure(Errc::invalid, "no name of a loan");
    }
    auto body = [request = std::move(request)](Session& session, Attempt) {
        return mariadb::lend(session, request);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<std::optional<ports::Loan>>> MariaDbCatalog::find_loan(UploadId upload) {
    auto body = [upload](Session& session) { return mariadb::find_loan(session, upload); };
    co_return co_await database_->read<std::optional<ports::Loan>>(std::move(body));
}

Task<Result<ports::PutPartOutcome>> MariaDbCatalog::put_lent(ports::LentPart part) {
    if (part.loan.empty()) {
        co_return failure(Errc::invalid, "a part that was acknowledged under no loan");
    }
    WantedPart wanted{part.upload, part.epoch, std::move(part.part), std::nullopt,
                      std::move(part.loan)};
    auto outcome = co_await parts_.put(std::move(wanted));
    if (!outcome) {
        co_return std::unexpected(std::move(outcome.error()));
    }
    if (!*outcome) {
        co_return failure(Errc::invalid, "a part that counts for its owner is never lent");
    }
    co_return std::move(**outcome);
}

Task<Result<>> MariaDbCatalog::end_loan(UploadId upload, std::string name) {
    auto body = [upload, name = std::move(name)](Session& session, Attempt) {
        return mariadb::end_loan(session, upload, name);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<std::vector<UploadId>>> MariaDbCatalog::list_overdue(std::size_t limit) {
    auto body = [limit](Session& session) { return mariadb::list_overdue(session, limit); };
    co_return co_await database_->read<std::vector<UploadId>>(std::move(body));
}

Task<Result<std::size_t>> MariaDbCatalog::count_loans() {
    auto body = [](Session& session) { return mariadb::count_loans(session); };
    co_return co_await database_->read<std::size_t>(std::move(body));
}

}  // namespace slipway::adapters::mariadb
