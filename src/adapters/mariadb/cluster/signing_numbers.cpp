#include "adapters/mariadb/cluster/signing_numbers.hpp"

#include <algorithm>
#include <utility>

#include "adapters/mariadb/cluster/revisions.hpp"

namespace slipway::adapters::mariadb {
namespace {

using ports::SigningNumber;
using ports::SigningNumbers;

// The oldest first.
Task<Result<SigningNumbers>> load_all(Session& session) {
    auto found = co_await session.run(
        "SELECT number,created_at,verifies_until FROM signing_keys ORDER BY number");
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    SigningNumbers all;
    for (const Row& row : found->rows) {
        SigningNumber& one = all.emplace_back();
        one.number = static_cast<std::uint32_t>(row.number(0));
        one.created_at = from_unix_millis(row.signed_number(1));
        if (!row.is_null(2)) {
            one.verifies_until = from_unix_millis(row.signed_number(2));
        }
    }
    co_return all;
}

Task<Result<>> insert(Session& session, std::uint32_t number, WallTime now) {
    auto added = co_await session.execute(
        "INSERT INTO signing_keys (number,created_at,verifies_until) VALUES (?,?,NULL)", number,
        unix_millis(now));
    co_return added ? Result<>() : std::unexpected(std::move(added.error()));
}

}  // namespace

Task<Result<SigningNumbers>> load_signing_numbers(Session& session, WallTime now) {
    auto all = co_await load_all(session);
    if (all) {
        std::erase_if(*all, [now](const SigningNumber& one) {
            return one.verifies_until && *one.verifies_until <= now;
        });
    }
    co_return all;
}

Task<Result<SigningNumbers>> add_signing_number(Session& session, WallTime now, WallTime until) {
    if (auto raised = co_await raise_revision(session, kSigningKeysRevision); !raised) {
        co_return std::unexpected(std::move(raised.error()));
    }
    const auto all = co_await load_all(session);
    if (!all) {
        co_return std::unexpected(all.error());
    }
    // That of the last one is never forgotten: no number is used twice.
    auto over = co_await session.execute("DELETE FROM signing_keys WHERE verifies_until<=?",
                                         unix_millis(now));
    if (over) {
        over = co_await session.execute(
            "UPDATE signing_keys SET verifies_until=? WHERE verifies_until IS NULL",
            unix_millis(until));
    }
    if (!over) {
        co_return std::unexpected(std::move(over.error()));
    }
    const std::uint32_t next = all->empty() ? 1 : all->back().number + 1;
    if (auto added = co_await insert(session, next, now); !added) {
        co_return std::unexpected(std::move(added.error()));
    }
    co_return co_await load_signing_numbers(session, now);
}

Task<Result<SigningNumbers>> ensure_signing_number(Session& session, WallTime now) {
    // Whoever else makes the first one waits here.
    if (auto locked = co_await lock_revision(session, kSigningKeysRevision); !locked) {
        co_return std::unexpected(std::move(locked.error()));
    }
    const auto all = co_await load_all(session);
    if (!all) {
        co_return std::unexpected(all.error());
    }
    if (all->empty()) {
        if (auto added = co_await insert(session, 1, now); !added) {
            co_return std::unexpected(std::move(added.error()));
        }
        if (auto raised = co_await raise_revision(session, kSigningKeysRevision); !raised) {
            co_return std::unexpected(std::move(raised.error()));
        }
    }
    co_return co_await load_signing_numbers(session, now);
}

Task<Result<SigningNumbers>> remove_signing_number(Session& session, std::uint32_t number,
                                                   WallTime now) {
    if (auto raised = co_await raise_revision(session, kSigningKeysRevision); !raised) {
        co_return std::unexpected(std::move(raised.error()));
    }
    const auto all = co_await load_all(session);
    if (!all) {
        co_return std::unexpected(all.error());
    }
    const auto found = std::ranges::find(*all, number, &SigningNumber::number);
    if (found == all->end()) {
        co_return failure(Errc::not_found, "no signing key has this number");
    }
    if (!found->verifies_until) {
        co_return failure(Errc::conflict, "it is the key that signs");
    }
    auto removed = co_await session.execute("DELETE FROM signing_keys WHERE number=?", number);
    if (!removed) {
        co_return std::unexpected(std::move(removed.error()));
    }
    co_return co_await load_signing_numbers(session, now);
}

}  // namespace slipway::adapters::mariadb
