#include "daemon/ticker.hpp"

namespace slipway::daemon {

Task<void> Ticker::run(std::chrono::milliseconds pause, std::function<Task<void>()> work) {
    const std::shared_ptr<runtime::Alarm> alarm = co_await runtime::Alarm::open();
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            co_return;
        }
        alarm_ = alarm;
    }
    while (co_await alarm->wait_for(pause) == runtime::PauseEnd::time) {
        co_await work();
    }
}

void Ticker::stop() {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    if (alarm_) {
        alarm_->ring();
    }
}

}  // namespace slipway::daemon
