#include "adapters/redis/behind/loan_keeper.hpp"

#include <algorithm>

#include "runtime/group.hpp"
#include "telemetry/log.hpp"

namespace slipway::adapters::redis {

// What is left where a step fails ends by its time, or is taken back by the next who needs to.
Task<bool> LoanKeeper::lend(UploadId id, core::Epoch epoch) {
    if (!means_.rebuild) {
        co_return false;
    }
    const auto upload = co_await catalog_.find_upload(id);
    if (!upload || upload->state != core::UploadState::open || upload->epoch != epoch ||
        !means_.can_rebuild(*upload)) {
        co_return false;
    }
    // Of an earlier loan that is over.
    if (const auto recalled = co_await recall(id); !recalled) {
        co_return false;
    }
    auto asked = co_await lent_.ask(id, options_.length);
    if (!asked) {
        co_return true;
    }
    ports::LoanRequest request{.upload = id,
                               .epoch = epoch,
                               .name = asked->name,
                               .length = options_.length + options_.margin};
    const auto lent = co_await loans_.lend(std::move(request));
    auto parts = lent ? co_await catalog_.list_parts(id)
                      : Result<std::vector<core::Part>>(std::unexpected(lent.error()));
    if (!parts) {
        co_await lent_.forget(id, std::move(asked->name));
        co_return false;
    }
    ++lent_count_;
    co_return co_await lent_.open(std::move(*asked), id, epoch, std::move(*parts));
}

Task<Result<>> LoanKeeper::recall(UploadId id) {
    auto loan = co_await loans_.find_loan(id);
    if (!loan || !*loan) {
        co_return loan ? Result<>() : std::unexpected(loan.error());
    }
    std::string name = (*loan)->name;
    if (auto brought = co_await bring_back(id, std::move(**loan)); !brought) {
        co_return brought;
    }
    if (auto ended = co_await loans_.end_loan(id, name); !ended) {
        co_return ended;
    }
    co_await lent_.forget(id, std::move(name));
    co_return Result<>();
}

Task<Result<>> LoanKeeper::bring_back(UploadId id, ports::Loan loan) {
    auto upload = co_await catalog_.find_upload(id);
    if (!upload) {
        co_return std::unexpected(std::move(upload.error()));
    }
    auto closing = co_await lent_.close(id, loan.name);
    if (auto* const closed = std::get_if<LentParts::Closed>(&closing)) {
        co_return co_await write_all(*upload, std::move(closed->unwritten), std::move(loan.name));
    }
    if (std::holds_alternative<LentParts::Unknown>(closing) && !loan.is_over) {
        co_return failure(Errc::unavailable,
                          "Redis cannot be asked for parts that it has acknowledged; they are "
                          "rebuilt when it acknowledges no more");
    }
    co_return co_await rebuild(std::move(*upload), std::move(loan.name));
}

Task<Result<>> LoanKeeper::rebuild(core::Upload upload, std::string loan) {
    if (!means_.rebuild) {
        co_return failure(Errc::unavailable, "the stores are not open yet");
    }
    auto recorded = co_await catalog_.list_parts(upload.id);
    if (!recorded) {
        co_return std::unexpected(std::move(recorded.error()));
    }
    auto parts = co_await means_.rebuild(upload, std::move(*recorded));
    if (!parts) {
        co_return std::unexpected(std::move(parts.error()));
    }
    const std::size_t count = parts->size();
    auto written = co_await write_all(upload, std::move(*parts), std::move(loan));
    if (written) {
        rebuilt_ += count;
        telemetry::log(telemetry::Level::warn, "parts_rebuilt",
                       {{"upload_id", upload.id.to_string()}, {"parts", std::uint64_t{count}}});
    }
    co_return written;
}

Task<Result<>> LoanKeeper::write_all(const core::Upload& upload, std::vector<core::Part> parts,
                                     std::string loan) {
    std::vector<ports::LentPart> lent;
    for (core::Part& part : parts) {
        lent.push_back({upload.id, upload.epoch, std::move(part), loan});
    }
    const std::vector<bool> written = co_await write(std::move(lent));
    co_return std::ranges::find(written, false) == written.end()
        ? Result<>()
        : failure(Errc::unavailable, "parts that Redis has acknowledged are not recorded yet");
}

Task<std::vector<bool>> LoanKeeper::write(std::vector<ports::LentPart> parts) {
    // Not of bool, of which several share a byte.
    std::vector<char> done(parts.size());
    const auto group = co_await runtime::Group::open();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        group->spawn(write_into(std::move(parts[i]), &done[i]));
    }
    co_await group->wait();
    co_return std::vector<bool>(done.begin(), done.end());
}

Task<void> LoanKeeper::write_into(ports::LentPart part, char* is_done) {
    const auto outcome = co_await loans_.put_lent(part);
    if (!outcome) {
        const Errc code = outcome.error().code;
        *is_done = code == Errc::not_found || code == Errc::conflict ? 1 : 0;
        co_return;
    }
    const auto* const existing = std::get_if<ports::PartAlreadyStored>(&*outcome);
    if (existing != nullptr && existing->existing.digests.sha256 != part.part.digests.sha256) {
        note_contradiction(part);
    }
    *is_done = 1;
}

void LoanKeeper::note_contradiction(const ports::LentPart& part) {
    ++contradicted_;
    telemetry::log(telemetry::Level::error, "lent_part_contradicted",
                   {{"upload_id", part.upload.to_string()},
                    {"part_number", std::uint64_t{part.part.number.value()}}});
}

LoanCounts LoanKeeper::counts() const {
    return {.lent = lent_count_.load(),
            .rebuilt_parts = rebuilt_.load(),
            .contradicted_parts = contradicted_.load()};
}

}  // namespace slipway::adapters::redis
