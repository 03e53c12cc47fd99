// TaskDispatch: tells the workers of all servers that share a task queue when a task is due, by a
// topic of Kafka, so that an idle one begins at once instead of at its next look. The queue stays
// the truth: whatever is lost on this way costs no more than tasks.poll.
#pragma once

#include <functional>
#include <memory>

#include "base/result.hpp"
#include "daemon/config_loader.hpp"
#include "ports/task_queue.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

class TaskDispatch {
 public:
    virtual ~TaskDispatch() = default;
    // By which tasks are to be enqueued.
    virtual ports::TaskQueue& queue() = 0;
    // From now on this server's workers are among those that are told. `wake` is called on another
    // thread. Once.
    virtual Result<> listen(std::function<void()> wake) = 0;
    // No more is told, and nobody is woken. Blocks for as long as it takes to leave the group.
    virtual void stop() = 0;
};

// What it takes from outside outlives it. Nothing where nobody shares the queue, or there is no
// Kafka. invalid: the settings of Kafka.
Result<std::unique_ptr<TaskDispatch>> open_task_dispatch(ports::TaskQueue& queue,
                                                         telemetry::Metrics& metrics,
                                                         const Config& config,
                                                         const Environment& environment);

}  // namespace slipway::daemon
