#include "adapters/mariadb/client/pool.hpp"

#include <utility>

#include "telemetry/log.hpp"

namespace slipway::adapters::mariadb {

using std::chrono::steady_clock;

Lease::Lease(Pool& pool, runtime::Slot slot, std::unique_ptr<Session> session)
    : pool_(&pool), slot_(std::move(slot)), session_(std::move(session)) {}

Lease::~Lease() {
    if (session_) {
        pool_->give_back(std::move(session_));
    }
}

Pool::Pool(PoolOptions options) : options_(std::move(options)), slots_(options_.connections) {}

Task<Result<Lease>> Pool::take() {
    auto slot = co_await slots_.take();
    if (!idle_.empty()) {
        auto session = std::move(idle_.back());
        idle_.pop_back();
        co_return Lease(*this, std::move(slot), std::move(session));
    }
    if (failures_ > 0 && steady_clock::now() < try_again_) {
        co_return std::unexpected(last_error_);
    }
    auto connected = co_await Session::connect(options_.address, options_.limits);
    if (!connected) {
        ++failures_;
        try_again_ = steady_clock::now() +
                     runtime::backoff_delay(options_.backoff, failures_, world_.random());
        last_error_ = connected.error();
        if (failures_ == 1) {
            telemetry::log(telemetry::Level::warn, "mariadb_away",
                           {{"detail", last_error_.detail}});
        }
        co_return std::unexpected(std::move(connected.error()));
    }
    if (std::exchange(failures_, 0) > 0) {
        telemetry::log(telemetry::Level::info, "mariadb_back");
    }
    co_return Lease(*this, std::move(slot), std::move(*connected));
}

void Pool::give_back(std::unique_ptr<Session> session) {
    if (session->is_lost()) {
        // What cut this one off has most likely cut the others off as well.
        idle_.clear();
        return;
    }
    if (!session->is_clean()) {
        return;
    }
    session->forget_failure();
    idle_.push_back(std::move(session));
}

}  // namespace slipway::adapters::mariadb
