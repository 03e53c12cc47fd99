// TaskDispatch: tells the workers of all servers that share a task queue when a task is due, by a
// topic of Kafka, so that an idle one begins at once instead of at its next look. The queue stays
// the truth: whatever is lost on this way costs no more than tasks.poll.
#pragma once

#include <functional>
#include <memory>

#include "adapters/kafka/announcing_task_queue.hpp"
#include "adapters/kafka/producer.hpp"
#include "adapters/kafka/task_listener.hpp"
#include "daemon/config.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

class TaskDispatch {
 public:
    // What it takes from outside outlives it. Nothing where nobody shares the queue, or there is no
    // Kafka. invalid: the settings of Kafka.
    static Result<std::unique_ptr<TaskDispatch>> open(ports::TaskQueue& queue,
                                                      telemetry::Metrics& metrics,
                                                      const Config& config);

    // By which tasks are to be enqueued.
    ports::TaskQueue& queue() { return queue_; }
    // From now on this server's workers are among those that are told. `wake` is called on another
    // thread. Once.
    Result<> listen(std::function<void()> wake);
    // No more is told, and nobody is woken. Blocks for as long as it takes to leave the group.
    void stop();

 private:
    TaskDispatch(ports::TaskQueue& queue, telemetry::Metrics& metrics,
                 std::unique_ptr<adapters::kafka::Producer> producer,
                 adapters::kafka::ClientOptions options, std::string topic);
    void announce();

    telemetry::Counter& sent_;
    telemetry::Counter& heard_;
    std::unique_ptr<adapters::kafka::Producer> producer_;
    const adapters::kafka::ClientOptions options_;
    const std::string topic_;
    adapters::kafka::AnnouncingTaskQueue queue_;
    std::unique_ptr<adapters::kafka::TaskListener> listener_;
};

}  // namespace slipway::daemon
