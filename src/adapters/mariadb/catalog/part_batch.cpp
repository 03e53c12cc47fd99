#include "adapters/mariadb/catalog/part_batch.hpp"

#include <map>
#include <string>
#include <utility>

#include "adapters/mariadb/catalog/outbox.hpp"
#include "adapters/mariadb/catalog/part_loans.hpp"
#include "adapters/mariadb/catalog/rows.hpp"
#include "adapters/mariadb/client/literal.hpp"
#include "records/records.hpp"

namespace slipway::adapters::mariadb {
namespace {

using Key = std::pair<UploadId, PartNumber>;
struct LockedUpload {
    core::Upload upload;
    std::string loan;  // empty: it is not lent
};
using Uploads = std::map<UploadId, Result<LockedUpload>>;
// Those of a group, which outlives this, in the order of keys, in which two groups never wait for
// each other.
using PartsByKey = std::map<Key, const core::Part*>;
using StoredParts = std::map<Key, core::Part>;

Task<Result<Uploads>> lock_uploads(Session& session, PartGroup wanted) {
    Uploads uploads;
    for (const WantedPart& part : *wanted) {
        if (!uploads.contains(part.upload)) {
            uploads.emplace(part.upload, failure(Errc::not_found, "no such upload"));
        }
    }
    std::string statement = "SELECT id,record,loan FROM uploads WHERE id IN (";
    for (const auto& [id, unknown] : uploads) {
        append_literal(statement, bytes_of(id));
        statement.push_back(',');
    }
    statement.back() = ')';
    statement.append(clause(Lock::shared));
    auto found = co_await session.run(std::move(statement));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    for (const Row& row : found->rows) {
        if (const auto id = id_of(row.bytes(0))) {
            auto upload = records::decode_upload(*id, row.bytes(1));
            uploads.insert_or_assign(
                *id, upload ? Result<LockedUpload>({std::move(*upload), row.bytes(2)})
                            : std::unexpected(std::move(upload.error())));
        }
    }
    co_return uploads;
}

// Those of these parts that are there already.
Task<Result<StoredParts>> load_existing(Session& session, PartsByKey parts) {
    std::string statement = "SELECT upload,number,record FROM parts WHERE ";
    for (auto at = parts.begin(); at != parts.end(); ++at) {
        statement.append(at == parts.begin() ? "(upload=" : " OR (upload=");
        append_literal(statement, bytes_of(at->first.first));
        statement.append(" AND number=");
        append_literal(statement, std::uint64_t{at->first.second.value()});
        statement.push_back(')');
    }
    auto found = co_await session.run(std::move(statement));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    StoredParts existing;
    for (const Row& row : found->rows) {
        const auto id = id_of(row.bytes(0));
        const PartNumber number(static_cast<std::uint32_t>(row.number(1)));
        auto part = id ? records::decode_part(*id, number, row.bytes(2))
                       : Result<core::Part>(failure(Errc::corrupted, "a part has no upload"));
        if (!part) {
            co_return std::unexpected(std::move(part.error()));
        }
        existing.emplace(Key(*id, number), std::move(*part));
    }
    co_return existing;
}

std::vector<PlacedPart> placed(const PartsByKey& parts) {
    std::vector<PlacedPart> out;
    out.reserve(parts.size());
    for (const auto& [key, part] : parts) {
        out.push_back({key.first, *part});
    }
    return out;
}

// Adds those that are not there yet, and answers those that are.
Task<Result<StoredParts>> add_new(Session& session, PartsByKey parts) {
    if (parts.empty()) {
        co_return StoredParts();
    }
    auto added = co_await insert_parts(session, placed(parts));
    if (added || session.failure() != SqlFailure::duplicate) {
        co_return added ? Result<StoredParts>(StoredParts()) : std::unexpected(added.error());
    }
    // Seldom: a client repeats a part, or sends it twice at once.
    session.forget_failure();
    auto existing = co_await load_existing(session, parts);
    if (!existing) {
        co_return existing;
    }
    std::erase_if(parts, [&](const auto& entry) { return existing->contains(entry.first); });
    if (!parts.empty()) {
        added = co_await insert_parts(session, placed(parts));
    } else {
        added = Result<>();
    }
    co_return added ? std::move(existing) : std::unexpected(added.error());
}

// What is clear without a look at the parts; nothing where the part is to be added.
std::optional<BatchedOutcome> judge(const Result<LockedUpload>& locked, const WantedPart& wanted) {
    if (!locked) {
        return BatchedOutcome(std::unexpected(locked.error()));
    }
    if (locked->loan != wanted.loan) {
        return BatchedOutcome(wanted.loan.empty() ? upload_is_lent() : loan_has_ended());
    }
    const core::Upload* const upload = &locked->upload;
    if (upload->state != core::UploadState::open || upload->epoch != wanted.epoch) {
        return BatchedOutcome(ports::PutPartOutcome(ports::PartRefused{*upload}));
    }
    if (core::usage_of(upload->plan, wanted.part) != core::Usage()) {
        return BatchedOutcome(std::nullopt);
    }
    return std::nullopt;
}

Key key_of(const WantedPart& wanted) {
    return {wanted.upload, wanted.part.number};
}

Task<Result<>> append_events(Session& session, std::vector<core::Event> events) {
    for (core::Event& event : events) {
        if (auto appended = co_await append_event(session, std::move(event)); !appended) {
            co_return appended;
        }
    }
    co_return Result<>();
}

}  // namespace

Task<Result<std::vector<BatchedOutcome>>> put_parts(Session& session, Attempt attempt,
                                                    PartGroup wanted) {
    const auto uploads = co_await lock_uploads(session, wanted);
    if (!uploads) {
        co_return std::unexpected(uploads.error());
    }
    std::vector<std::optional<BatchedOutcome>> outcomes;
    PartsByKey parts;
    // Of several of one number, the first of the group is the one to be added.
    std::vector<bool> adds;
    for (const WantedPart& part : *wanted) {
        outcomes.push_back(judge(uploads->at(part.upload), part));
        adds.push_back(!outcomes.back() && parts.emplace(key_of(part), &part.part).second);
    }
    auto existing = co_await add_new(session, parts);
    if (!existing) {
        co_return std::unexpected(std::move(existing.error()));
    }
    std::vector<core::Event> events;
    std::vector<BatchedOutcome> answers;
    answers.reserve(wanted->size());
    for (std::size_t i = 0; i < wanted->size(); ++i) {
        const WantedPart& one = (*wanted)[i];
        if (outcomes[i]) {
            answers.push_back(std::move(*outcomes[i]));
            continue;
        }
        const auto there = existing->find(key_of(one));
        const core::Part& recorded =
            there == existing->end() ? *parts.at(key_of(one)) : there->second;
        const bool added = adds[i] && there == existing->end();
        const bool own = attempt == Attempt::after_unknown && recorded == one.part;
        const bool stored = added || (adds[i] && own);
        // Of one that was recorded by an attempt before, the event is there as well.
        if (added && one.event) {
            events.push_back(*one.event);
        }
        answers.push_back(stored ? ports::PutPartOutcome(ports::PartStored{})
                                 : ports::PutPartOutcome(ports::PartAlreadyStored{recorded}));
    }
    if (auto told = co_await append_events(session, std::move(events)); !told) {
        co_return std::unexpected(std::move(told.error()));
    }
    co_return answers;
}

}  // namespace slipway::adapters::mariadb
