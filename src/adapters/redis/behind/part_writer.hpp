// PartWriter: writes down the parts that Redis has acknowledged, those of this server at once and
// those of a server that is gone after a while; and takes back loans that are over, of uploads for
// which no more parts come.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>

#include "adapters/redis/behind/loan_keeper.hpp"
#include "runtime/alarm.hpp"

namespace slipway::adapters::redis {

struct PartWriterOptions {
    // Between two looks where nothing is told of.
    std::chrono::milliseconds look{1'000};
    // After which what another server took is taken again.
    std::chrono::milliseconds idle{5'000};
    std::size_t most = 512;
};

// As of the last look.
struct Unwritten {
    std::size_t parts = 0;
    double oldest_seconds = 0;
    std::size_t loans = 0;  // uploads that are lent
};

class PartWriter final {
 public:
    // They outlive it.
    struct Means {
        LentParts& lent;
        LoanKeeper& keeper;
        ports::PartLoans& loans;
    };
    explicit PartWriter(Means means, PartWriterOptions options = {})
        : lent_(means.lent), keeper_(means.keeper), loans_(means.loans), options_(options) {}

    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop();
    // There is a part to be written down. Thread-safe.
    void wake();

    // One look: whether there may be more at once. unavailable: Redis is away, or the catalog.
    Task<Result<bool>> write_some();
    // Takes back the loans that are over; how many there were.
    Task<Result<std::size_t>> end_overdue();

    Unwritten unwritten() const;
    std::uint64_t written() const { return written_.load(); }

 private:
    Task<void> look();
    void wake_by(std::shared_ptr<runtime::Alarm> alarm);
    bool is_stopping();

    LentParts& lent_;
    LoanKeeper& keeper_;
    ports::PartLoans& loans_;
    const PartWriterOptions options_;
    std::mutex mutex_;
    bool stopping_ = false;
    std::shared_ptr<runtime::Alarm> alarm_;
    std::chrono::steady_clock::time_point next_overdue_{};
    std::atomic<std::size_t> waiting_{0};
    std::atomic<std::int64_t> oldest_{0};
    std::atomic<std::size_t> lent_uploads_{0};
    std::atomic<std::uint64_t> written_{0};
};

}  // namespace slipway::adapters::redis
