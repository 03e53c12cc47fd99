#include "daemon/key_use_writer.hpp"

#include "telemetry/log.hpp"

namespace slipway::daemon {

Task<void> KeyUseWriter::run() {
    const std::shared_ptr<runtime::Alarm> alarm = co_await runtime::Alarm::open();
    {
        const std::scoped_lock lock(mutex_);
        if (stopping_) {
            alarm->ring();
        }
        alarm_ = alarm;
    }
    while (co_await alarm->wait_for(engine::KeyRing::kUseGranularity) == runtime::PauseEnd::time) {
        co_await write();
    }
    co_await write();
}

void KeyUseWriter::stop() {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    if (alarm_) {
        alarm_->ring();
    }
}

// What cannot be written now is written with the next.
Task<void> KeyUseWriter::write() {
    if (const auto written = co_await keys_.write_uses(); !written) {
        telemetry::log(telemetry::Level::warn, "key_uses_not_written",
                       {{"detail", written.error().detail}});
    }
}

}  // namespace slipway::daemon
