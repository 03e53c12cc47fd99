#include "adapters/mariadb/cluster/part_claims.hpp"

#include <utility>

#include "adapters/mariadb/catalog/rows.hpp"

namespace slipway::adapters::mariadb {

// The owner is decided on first, by the row as it was: MariaDB assigns from left to right.
Task<Result<bool>> claim_part(Session& session, ports::PartClaim claim) {
    const std::string upload = bytes_of(claim.upload);
    const std::int64_t micros = std::chrono::microseconds(claim.length).count();
    auto written = co_await session.execute(
        "INSERT INTO part_claims (upload,number,owner,ends_at)"
        " VALUES (?,?,?,UTC_TIMESTAMP(6)+INTERVAL ? MICROSECOND) ON DUPLICATE KEY UPDATE"
        " owner=IF(ends_at<=UTC_TIMESTAMP(6),VALUES(owner),owner),"
        " ends_at=IF(owner=VALUES(owner),VALUES(ends_at),ends_at)",
        upload, claim.number.value(), claim.owner, micros);
    if (!written) {
        co_return std::unexpected(std::move(written.error()));
    }
    auto found = co_await session.execute(
        "SELECT owner FROM part_claims WHERE upload=? AND number=?", upload, claim.number.value());
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    co_return !found->rows.empty() && found->rows.front().bytes(0) == claim.owner;
}

Task<Result<>> let_part_go(Session& session, ports::PartClaim claim) {
    auto removed = co_await session.execute(
        "DELETE FROM part_claims WHERE upload=? AND number=? AND owner=?", bytes_of(claim.upload),
        claim.number.value(), std::move(claim.owner));
    co_return removed ? Result<>() : std::unexpected(std::move(removed.error()));
}

Task<Result<std::size_t>> forget_part_claims(Session& session) {
    auto removed =
        co_await session.run("DELETE FROM part_claims WHERE ends_at<=UTC_TIMESTAMP(6) LIMIT 10000");
    co_return removed ? Result<std::size_t>(static_cast<std::size_t>(removed->affected))
                      : std::unexpected(std::move(removed.error()));
}

}  // namespace slipway::adapters::mariadb
