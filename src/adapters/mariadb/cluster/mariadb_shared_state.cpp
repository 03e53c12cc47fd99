#include "adapters/mariadb/cluster/mariadb_shared_state.hpp"

#include "adapters/mariadb/cluster/leases.hpp"
#include "adapters/mariadb/cluster/part_claims.hpp"
#include "adapters/mariadb/cluster/revisions.hpp"
#include "adapters/mariadb/cluster/signing_numbers.hpp"

namespace slipway::adapters::mariadb {
namespace {

using ports::SigningNumbers;

Task<Result<std::string>> load_word(Session& session, std::string name) {
    auto found = co_await session.execute("SELECT value FROM words WHERE name=?", std::move(name));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    co_return found->rows.empty() ? std::string() : found->rows.front().bytes(0);
}

Task<Result<>> replace(Session& session, std::string name, std::string expected, std::string next) {
    auto made =
        co_await session.execute("INSERT IGNORE INTO words (name,value) VALUES (?,'')", name);
    if (!made) {
        co_return std::unexpected(std::move(made.error()));
    }
    auto found = co_await session.execute("SELECT value FROM words WHERE name=? FOR UPDATE", name);
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    const std::string& now = found->rows.at(0).bytes(0);
    if (now != expected && now != next) {
        co_return failure(Errc::conflict, name + " is not what it was");
    }
    auto written = co_await session.execute("UPDATE words SET value=? WHERE name=?",
                                            std::move(next), std::move(name));
    co_return written ? Result<>() : std::unexpected(std::move(written.error()));
}

}  // namespace

Task<Result<ports::SharedRevisions>> MariaDbSharedState::revisions() {
    co_return co_await database_->read<ports::SharedRevisions>(load_revisions);
}

Task<Result<std::string>> MariaDbSharedState::word(std::string name) {
    auto body = [name = std::move(name)](Session& session) { return load_word(session, name); };
    co_return co_await database_->read<std::string>(std::move(body));
}

Task<Result<>> MariaDbSharedState::replace_word(std::string name, std::string expected,
                                                std::string next) {
    auto body = [name = std::move(name), expected = std::move(expected), next = std::move(next)](
                    Session& session, Attempt) { return replace(session, name, expected, next); };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<SigningNumbers>> MariaDbSharedState::signing_numbers(WallTime now) {
    auto body = [now](Session& session) { return load_signing_numbers(session, now); };
    co_return co_await database_->read<SigningNumbers>(std::move(body));
}

// A second attempt would add a second one.
Task<Result<SigningNumbers>> MariaDbSharedState::add_signing_number(WallTime now, WallTime until) {
    auto body = [now, until](Session& session, Attempt) {
        return mariadb::add_signing_number(session, now, until);
    };
    co_return co_await database_->change<SigningNumbers>(std::move(body), Repeatable::no);
}

Task<Result<SigningNumbers>> MariaDbSharedState::ensure_signing_number(WallTime now) {
    auto body = [now](Session& session, Attempt) {
        return mariadb::ensure_signing_number(session, now);
    };
    co_return co_await database_->change<SigningNumbers>(std::move(body));
}

// What the attempt before has removed is not found by the next one, which was asked for it.
Task<Result<SigningNumbers>> MariaDbSharedState::remove_signing_number(std::uint32_t number,
                                                                       WallTime now) {
    auto body = [number, now](Session& session, Attempt) {
        return mariadb::remove_signing_number(session, number, now);
    };
    co_return co_await database_->change<SigningNumbers>(std::move(body), Repeatable::no);
}

Task<Result<std::optional<std::uint64_t>>> MariaDbSharedState::take_lease(
    ports::LeaseRequest request) {
    auto body = [request = std::move(request)](Session& session, Attempt) {
        return mariadb::take_lease(session, request);
    };
    co_return co_await database_->change<std::optional<std::uint64_t>>(std::move(body));
}

Task<Result<>> MariaDbSharedState::note_lease(std::string name, std::string owner,
                                              std::uint64_t token) {
    auto body = [name = std::move(name), owner = std::move(owner), token](Session& session,
                                                                          Attempt) {
        return mariadb::note_lease(session, name, owner, token);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<>> MariaDbSharedState::give_lease_back(std::string name, std::string owner) {
    auto body = [name = std::move(name), owner = std::move(owner)](Session& session, Attempt) {
        return mariadb::give_lease_back(session, name, owner);
    };
    co_return co_await database_->change<void>(std::move(body));
}

Task<Result<bool>> MariaDbSharedState::claim_part(ports::PartClaim claim) {
    auto body = [claim = std::move(claim)](Session& session) {
        return mariadb::claim_part(session, claim);
    };
    co_return co_await database_->read<bool>(std::move(body));
}

Task<Result<>> MariaDbSharedState::let_part_go(ports::PartClaim claim) {
    auto body = [claim = std::move(claim)](Session& session) {
        return mariadb::let_part_go(session, claim);
    };
    co_return co_await database_->read<void>(std::move(body));
}

}  // namespace slipway::adapters::mariadb
