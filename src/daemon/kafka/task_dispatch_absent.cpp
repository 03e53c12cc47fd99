// In the place of task_dispatch.cpp, where a build is without Kafka. The settings are refused
// before (built_in.cpp).
#include "daemon/built_in.hpp"
#include "daemon/kafka/task_dispatch.hpp"

namespace slipway::daemon {

Result<std::unique_ptr<TaskDispatch>> open_task_dispatch(ports::TaskQueue&, telemetry::Metrics&,
                                                         const Config& config, const Environment&) {
    if (config.kafka.brokers.empty()) {
        return nullptr;
    }
    return failure(Errc::unsupported, find_absent_backend(config));
}

}  // namespace slipway::daemon
