#include "daemon/key_use_writer.hpp"

#include "telemetry/log.hpp"

namespace slipway::daemon {

Task<void> KeyUseWriter::run() {
    co_await ticker_.run(engine::KeyRing::kUseGranularity, [this] { return write(); });
    co_await write();
}

// What cannot be written now is written with the next.
Task<void> KeyUseWriter::write() {
    if (const auto written = co_await keys_.write_uses(); !written) {
        telemetry::log(telemetry::Level::warn, "key_uses_not_written",
                       {{"detail", written.error().detail}});
    }
}

}  // namespace slipway::daemon
