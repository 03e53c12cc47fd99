#include "adapters/mariadb/cluster/part_claims.hpp"

#include <utility>

#include "adapters/mariadb/catalog/rows.hpp"

namespace slipway::adapters::mariadb {

// The upload's row is locked, as by a part that is recorded: what ends the upload and forgets its
// claims comes before or after, never in between.
Task<Result<bool>> claim_part(Session& session, ports::PartClaim claim) {
    auto written = co_await session.execute(
        "INSERT IGNORE INTO part_claims (upload,number,owner) SELECT id,?,? FROM uploads"
        " WHERE id=? AND unfinished LOCK IN SHARE MODE",
        claim.number.value(), std::move(claim.owner), bytes_of(claim.upload));
    co_return written ? Result<bool>(written->affected == 1)
                      : std::unexpected(std::move(written.error()));
}

Task<Result<>> let_part_go(Session& session, ports::PartClaim claim) {
    auto removed = co_await session.execute(
        "DELETE FROM part_claims WHERE upload=? AND number=? AND owner=?", bytes_of(claim.upload),
        claim.number.value(), std::move(claim.owner));
    co_return removed ? Result<>() : std::unexpected(std::move(removed.error()));
}

Task<Result<>> forget_part_claims(Session& session, UploadId upload) {
    auto removed =
        co_await session.execute("DELETE FROM part_claims WHERE upload=?", bytes_of(upload));
    co_return removed ? Result<>() : std::unexpected(std::move(removed.error()));
}

}  // namespace slipway::adapters::mariadb
