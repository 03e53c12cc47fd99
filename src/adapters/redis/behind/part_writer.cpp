#include "adapters/redis/behind/part_writer.hpp"

#include <utility>

#include "telemetry/log.hpp"

namespace slipway::adapters::redis {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t kLoansOfALook = 100;

}  // namespace

Task<void> PartWriter::run() {
    const std::shared_ptr<runtime::Alarm> alarm = co_await runtime::Alarm::open();
    wake_by(alarm);
    while (!is_stopping()) {
        co_await look();
        co_await alarm->wait_for(options_.look);
    }
    // It is of this loop, which may end before this object does.
    wake_by(nullptr);
}

void PartWriter::wake_by(std::shared_ptr<runtime::Alarm> alarm) {
    const std::scoped_lock lock(mutex_);
    alarm_ = std::move(alarm);
}

bool PartWriter::is_stopping() {
    const std::scoped_lock lock(mutex_);
    return stopping_;
}

Task<void> PartWriter::look() {
    for (;;) {
        const auto more = co_await write_some();
        if (!more || !*more) {
            break;
        }
    }
    if (steady_clock::now() >= next_overdue_) {
        static_cast<void>(co_await end_overdue());
        next_overdue_ = steady_clock::now() + options_.idle;
    }
}

void PartWriter::stop() {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    if (alarm_) {
        alarm_->ring();
    }
}

void PartWriter::wake() {
    const std::scoped_lock lock(mutex_);
    if (alarm_) {
        alarm_->ring();
    }
}

// What is not written stays taken, and is taken again after a while.
Task<Result<bool>> PartWriter::write_some() {
    auto taken = co_await lent_.take(options_.idle, options_.most);
    if (!taken) {
        co_return std::unexpected(std::move(taken.error()));
    }
    std::vector<ports::LentPart> parts;
    parts.reserve(taken->parts.size());
    for (const UnwrittenPart& part : taken->parts) {
        parts.push_back(part.part);
    }
    const std::vector<bool> done = co_await keeper_.write(std::move(parts));
    std::vector<UnwrittenPart> written;
    for (std::size_t i = 0; i < done.size(); ++i) {
        if (done[i]) {
            written.push_back(std::move(taken->parts[i]));
        }
    }
    const std::size_t count = written.size();
    for (UnwrittenPart& refused : taken->refused) {
        telemetry::log(telemetry::Level::error, "unwritten_part_refused",
                       {{"entry", refused.entry}});
        written.push_back(std::move(refused));
    }
    co_await lent_.written(std::move(written));
    written_ += count;
    waiting_ = taken->waiting - std::min(taken->waiting, count);
    oldest_ = waiting_ == 0 ? 0 : taken->oldest.count();
    if (count < done.size()) {
        co_return failure(Errc::unavailable, "the catalog does not take all of them now");
    }
    co_return done.size() >= options_.most;
}

Task<Result<std::size_t>> PartWriter::end_overdue() {
    const auto overdue = co_await loans_.list_overdue(kLoansOfALook);
    if (!overdue) {
        co_return std::unexpected(overdue.error());
    }
    for (const UploadId upload : *overdue) {
        if (const auto recalled = co_await keeper_.recall(upload); !recalled) {
            telemetry::log(
                telemetry::Level::warn, "loan_not_ended",
                {{"upload_id", upload.to_string()}, {"detail", recalled.error().detail}});
        }
    }
    if (const auto count = co_await loans_.count_loans()) {
        lent_uploads_ = *count;
    }
    co_return overdue->size();
}

Unwritten PartWriter::unwritten() const {
    return {.parts = waiting_.load(),
            .oldest_seconds = static_cast<double>(oldest_.load()) / 1000,
            .loans = lent_uploads_.load()};
}

}  // namespace slipway::adapters::redis
