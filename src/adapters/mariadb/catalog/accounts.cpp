#include "adapters/mariadb/catalog/accounts.hpp"

#include <utility>

namespace slipway::adapters::mariadb {
namespace {

std::optional<std::uint64_t> limit_in(const Row& row, std::size_t column) {
    return row.is_null(column) ? std::nullopt : std::optional(row.number(column));
}

Account account_in(std::string owner, const Row& row) {
    Account account{.owner = std::move(owner), .usage = {}, .quota = {}};
    account.usage = {.bytes = row.number(0), .files = row.number(1), .open_uploads = row.number(2)};
    if (row.number(3) != 0) {
        account.quota = core::Quota{
            .bytes = limit_in(row, 4), .files = limit_in(row, 5), .open_uploads = limit_in(row, 6)};
    }
    return account;
}

Task<Result<std::optional<Account>>> load(Session& session, std::string owner, Lock lock) {
    auto found = co_await session.execute(
        "SELECT bytes,files,open_uploads,has_quota,quota_bytes,quota_files,quota_open_uploads"
        " FROM owners WHERE owner=?" +
            std::string(clause(lock)),
        owner);
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty()) {
        co_return std::nullopt;
    }
    co_return account_in(std::move(owner), found->rows.front());
}

Task<Result<>> make(Session& session, std::string owner) {
    auto made =
        co_await session.execute("INSERT IGNORE INTO owners (owner) VALUES (?)", std::move(owner));
    co_return made ? Result<>() : std::unexpected(std::move(made.error()));
}

}  // namespace

Task<Result<Account>> read_account(Session& session, std::string owner) {
    auto account = co_await load(session, owner, Lock::none);
    if (!account) {
        co_return std::unexpected(std::move(account.error()));
    }
    co_return account->value_or(Account{.owner = owner, .usage = {}, .quota = {}});
}

Task<Result<Account>> lock_account(Session& session, std::string owner) {
    auto account = co_await load(session, owner, Lock::exclusive);
    if (account && !*account) {
        if (auto made = co_await make(session, owner); !made) {
            co_return std::unexpected(std::move(made.error()));
        }
        account = co_await load(session, owner, Lock::exclusive);
    }
    if (!account) {
        co_return std::unexpected(std::move(account.error()));
    }
    if (!*account) {
        co_return failure(Errc::internal, "an owner's row that was made is not there");
    }
    co_return std::move(**account);
}

Task<Result<>> write_usage(Session& session, std::string owner, core::Usage usage) {
    auto written =
        co_await session.execute("UPDATE owners SET bytes=?,files=?,open_uploads=? WHERE owner=?",
                                 usage.bytes, usage.files, usage.open_uploads, std::move(owner));
    co_return written ? Result<>() : std::unexpected(std::move(written.error()));
}

Task<Result<>> count_instead(Session& session, std::string owner, core::Usage before,
                             core::Usage after) {
    if (before == after) {
        co_return Result<>();
    }
    const auto account = co_await lock_account(session, owner);
    if (!account) {
        co_return std::unexpected(account.error());
    }
    const auto rest = core::without(account->usage, before);
    if (!rest) {
        co_return failure(Errc::corrupted, "more would be given back than is in use");
    }
    co_return co_await write_usage(session, owner, *rest + after);
}

Task<Result<>> write_quota(Session& session, std::string owner, std::optional<core::Quota> quota) {
    if (auto locked = co_await lock_account(session, owner); !locked) {
        co_return std::unexpected(std::move(locked.error()));
    }
    const core::Quota limits = quota.value_or(core::Quota());
    auto written = co_await session.execute(
        "UPDATE owners SET has_quota=?,quota_bytes=?,quota_files=?,quota_open_uploads=?"
        " WHERE owner=?",
        quota.has_value(), limits.bytes, limits.files, limits.open_uploads, std::move(owner));
    co_return written ? Result<>() : std::unexpected(std::move(written.error()));
}

}  // namespace slipway::adapters::mariadb
