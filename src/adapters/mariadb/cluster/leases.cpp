#include "adapters/mariadb/cluster/leases.hpp"

#include <utility>

namespace slipway::adapters::mariadb {
namespace {

struct LeaseRow {
    std::string owner;
    std::uint64_t token = 0;
    bool is_running = false;  // by the server's clock, which is one for all
};

Task<Result<LeaseRow>> lock_lease(Session& session, std::string name) {
    auto made = co_await session.execute(
        "INSERT IGNORE INTO leases (name,owner,token,ends_at) VALUES (?,'',0,UTC_TIMESTAMP(6))",
        name);
    if (!made) {
        co_return std::unexpected(std::move(made.error()));
    }
    auto found = co_await session.execute(
        "SELECT owner,token,ends_at>UTC_TIMESTAMP(6) FROM leases WHERE name=? FOR UPDATE", name);
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    const Row& row = found->rows.at(0);
    co_return LeaseRow{
        .owner = row.bytes(0), .token = row.number(1), .is_running = row.number(2) != 0};
}

}  // namespace

Task<Result<std::optional<std::uint64_t>>> take_lease(Session& session,
                                                      ports::LeaseRequest request) {
    auto lease = co_await lock_lease(session, request.name);
    if (!lease) {
        co_return std::unexpected(std::move(lease.error()));
    }
    if (lease->is_running && lease->owner != request.owner) {
        co_return std::nullopt;
    }
    const std::uint64_t token = lease->token + (lease->is_running ? 0U : 1U);
    const std::int64_t micros = std::chrono::microseconds(request.length).count();
    auto written = co_await session.execute(
        "UPDATE leases SET owner=?,token=?,ends_at=UTC_TIMESTAMP(6)+INTERVAL ? MICROSECOND"
        " WHERE name=?",
        std::move(request.owner), token, micros, std::move(request.name));
    if (!written) {
        co_return std::unexpected(std::move(written.error()));
    }
    co_return token;
}

Task<Result<>> note_lease(Session& session, std::string name, std::string owner,
                          std::uint64_t token) {
    auto lease = co_await lock_lease(session, name);
    if (!lease) {
        co_return std::unexpected(std::move(lease.error()));
    }
    if (lease->token > token) {
        co_return failure(Errc::conflict, "the lease \"" + name + "\" has the token " +
                                              std::to_string(lease->token) +
                                              ", which is more than " + std::to_string(token));
    }
    auto written = co_await session.execute(
        "UPDATE leases SET owner=?,token=?,ends_at=UTC_TIMESTAMP(6) WHERE name=?", std::move(owner),
        token, std::move(name));
    co_return written ? Result<>() : std::unexpected(std::move(written.error()));
}

Task<Result<>> give_lease_back(Session& session, std::string name, std::string owner) {
    auto written = co_await session.execute(
        "UPDATE leases SET ends_at=UTC_TIMESTAMP(6) WHERE name=? AND owner=?", std::move(name),
        std::move(owner));
    co_return written ? Result<>() : std::unexpected(std::move(written.error()));
}

Task<Result<>> require_lease(Session& session, HeldLease holding) {
    auto found = co_await session.execute(
        "SELECT token FROM leases WHERE name=? LOCK IN SHARE MODE", holding.name);
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty() || found->rows.front().number(0) != holding.token) {
        co_return failure(Errc::conflict, "the lease \"" + holding.name + "\" is another's by now");
    }
    co_return Result<>();
}

}  // namespace slipway::adapters::mariadb
