#include "adapters/mariadb/catalog/part_loans.hpp"

#include <utility>

#include "adapters/mariadb/catalog/rows.hpp"

namespace slipway::adapters::mariadb {

std::unexpected<Error> upload_is_lent() {
    return failure(Errc::unavailable,
                   "parts of the upload were acknowledged by Redis and are not all recorded yet");
}

std::unexpected<Error> loan_has_ended() {
    return failure(Errc::conflict, "the loan under which the part was acknowledged has ended");
}

// An attempt of unknown end finds its own name.
Task<Result<>> lend(Session& session, ports::LoanRequest request) {
    auto stored = co_await load_upload(session, request.upload, Lock::exclusive);
    if (!stored) {
        co_return std::unexpected(std::move(stored.error()));
    }
    if (!*stored) {
        co_return failure(Errc::not_found, "no such upload");
    }
    const core::Upload& upload = (*stored)->upload;
    if (upload.state != core::UploadState::open || upload.epoch != request.epoch) {
        co_return failure(Errc::conflict, "the upload is not open in this epoch");
    }
    if ((*stored)->loan && *(*stored)->loan != request.name) {
        co_return failure(Errc::conflict, "the upload is lent");
    }
    const std::int64_t micros = std::chrono::microseconds(request.length).count();
    auto written = co_await session.execute(
        "UPDATE uploads SET loan=?,loan_ends_at=UTC_TIMESTAMP(6)+INTERVAL ? MICROSECOND WHERE id=?",
        std::move(request.name), micros, bytes_of(request.upload));
    co_return written ? Result<>() : std::unexpected(std::move(written.error()));
}

Task<Result<std::optional<ports::Loan>>> find_loan(Session& session, UploadId upload) {
    auto found = co_await session.execute(
        "SELECT loan,loan_ends_at<=UTC_TIMESTAMP(6) FROM uploads WHERE id=? AND loan IS NOT NULL",
        bytes_of(upload));
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    if (found->rows.empty()) {
        co_return std::nullopt;
    }
    const Row& row = found->rows.front();
    co_return ports::Loan{.name = row.bytes(0), .is_over = row.number(1) != 0};
}

Task<Result<>> end_loan(Session& session, UploadId upload, std::string name) {
    auto written = co_await session.execute(
        "UPDATE uploads SET loan=NULL,loan_ends_at=NULL WHERE id=? AND loan=?", bytes_of(upload),
        std::move(name));
    co_return written ? Result<>() : std::unexpected(std::move(written.error()));
}

Task<Result<std::vector<UploadId>>> list_overdue(Session& session, std::size_t limit) {
    auto found = co_await session.execute(
        "SELECT id FROM uploads WHERE loan_ends_at<=UTC_TIMESTAMP(6) ORDER BY loan_ends_at LIMIT ?",
        std::uint64_t{limit});
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    std::vector<UploadId> uploads;
    for (const Row& row : found->rows) {
        if (const auto id = id_of(row.bytes(0))) {
            uploads.push_back(*id);
        }
    }
    co_return uploads;
}

Task<Result<std::size_t>> count_loans(Session& session) {
    auto found =
        co_await session.run("SELECT COUNT(*) FROM uploads WHERE loan_ends_at IS NOT NULL");
    if (!found) {
        co_return std::unexpected(std::move(found.error()));
    }
    co_return static_cast<std::size_t>(found->rows.at(0).number(0));
}

}  // namespace slipway::adapters::mariadb
