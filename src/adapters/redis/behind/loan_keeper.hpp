// LoanKeeper: lends uploads to Redis and takes them back (ports/part_loans.hpp).
//
//   ask in Redis → lent in the catalog → the catalog's parts into Redis, which acknowledges now
//   closed in Redis → its parts into the catalog → the loan's end in the catalog → gone in Redis
//
// Where a loan is not found whole in Redis, its parts are rebuilt from the stores; where it cannot
// be asked, not before the loan is over. A crash after any of these steps leaves a loan that anyone
// takes back, or no loan.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/redis/behind/lent_parts.hpp"
#include "ports/catalog.hpp"
#include "ports/part_loans.hpp"

namespace slipway::adapters::redis {

struct LoanOptions {
    // How long parts are acknowledged under one loan, by the clock of Redis.
    std::chrono::milliseconds length{15'000};
    // How much longer the catalog has it on record: for clocks that do not run alike.
    std::chrono::milliseconds margin{5'000};
};

// What an upload is lent by. Without it, none is.
struct LoanMeans {
    // Whether all of its parts can be had back from the stores.
    std::function<bool(const core::Upload&)> can_rebuild;
    // The parts that the stores have and that are not among those.
    std::function<Task<Result<std::vector<core::Part>>>(core::Upload, std::vector<core::Part>)>
        rebuild;
};

// All since the start.
struct LoanCounts {
    std::uint64_t lent = 0;
    std::uint64_t rebuilt_parts = 0;
    std::uint64_t contradicted_parts = 0;  // none, unless a promise was broken
};

class LoanKeeper final {
 public:
    // They outlive it; `loans` is the catalog's.
    struct Parts {
        ports::Catalog& catalog;
        ports::PartLoans& loans;
        LentParts& lent;
    };
    explicit LoanKeeper(Parts parts, LoanOptions options = {})
        : catalog_(parts.catalog), loans_(parts.loans), lent_(parts.lent), options_(options) {}

    // Before the first loan.
    void attach(LoanMeans means) { means_ = std::move(means); }

    // Whether it is lent now, by this call or another.
    Task<bool> lend(UploadId id, core::Epoch epoch);
    // The upload is not lent, and the catalog has all that was acknowledged. unavailable: the loan
    // cannot be ended yet. Errors of the catalog and of the stores.
    Task<Result<>> recall(UploadId id);
    // Parts that were acknowledged, into the catalog; which of them it has now, or needs no more:
    // their upload has ended, or somebody else has taken it back.
    Task<std::vector<bool>> write(std::vector<ports::LentPart> parts);

    LoanCounts counts() const;

 private:
    Task<Result<>> bring_back(UploadId id, ports::Loan loan);
    Task<Result<>> rebuild(core::Upload upload, std::string loan);
    Task<Result<>> write_all(const core::Upload& upload, std::vector<core::Part> parts,
                             std::string loan);
    Task<void> write_into(ports::LentPart part, char* is_done);
    void note_contradiction(const ports::LentPart& part);

    ports::Catalog& catalog_;
    ports::PartLoans& loans_;
    LentParts& lent_;
    const LoanOptions options_;
    LoanMeans means_;
    std::atomic<std::uint64_t> lent_count_{0};
    std::atomic<std::uint64_t> rebuilt_{0};
    std::atomic<std::uint64_t> contradicted_{0};
};

}  // namespace slipway::adapters::redis
