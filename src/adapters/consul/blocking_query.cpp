#include "adapters/consul/blocking_query.hpp"

namespace slipway::adapters::consul {

using std::chrono::milliseconds;

milliseconds BlockingQuery::pause_after(bool answered) {
    if (answered) {
        failures_ = 0;
        const double jitter = chance_() * static_cast<double>(options_.pause.count());
        return options_.pause + milliseconds(static_cast<milliseconds::rep>(jitter));
    }
    ++failures_;
    return std::max(options_.pause, runtime::backoff_delay(options_.backoff, failures_, chance_()));
}

Task<void> BlockingQuery::run(Ask ask) {
    const std::shared_ptr<runtime::Alarm> alarm = co_await runtime::Alarm::open();
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            co_return;
        }
        alarm_ = alarm;
    }
    while (true) {
        const auto answered = co_await ask({index_.value(), options_.wait});
        if (answered) {
            index_.take(*answered);
        } else {
            // What changed while it was away shows at once, whatever its index is then.
            index_.reset();
        }
        const auto pause = pause_after(answered.has_value());
        if (co_await alarm->wait_for(pause) == runtime::PauseEnd::ring) {
            co_return;
        }
    }
}

void BlockingQuery::stop() {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    if (alarm_) {
        alarm_->ring();
    }
}

}  // namespace slipway::adapters::consul
