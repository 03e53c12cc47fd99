// TaskListener: hears in Kafka that a task is due somewhere, as one of a consumer group, of which
// each announcement reaches one. What is heard is a hint: the queue says what there is to do.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "adapters/kafka/client_options.hpp"

namespace slipway::adapters::kafka {

class TaskListener {
 public:
    // Goes nowhere yet: brokers, and the topic, may be away. `heard` is called on a thread of the
    // listener's own. invalid: options that librdkafka does not take.
    static Result<std::unique_ptr<TaskListener>> open(const ClientOptions& options,
                                                      const std::string& topic,
                                                      std::function<void()> heard);
    // Leaves the group, for which brokers that are away have a second, and calls `heard` no more.
    ~TaskListener();
    TaskListener(const TaskListener&) = delete;
    TaskListener& operator=(const TaskListener&) = delete;

 private:
    struct HandleDeleter {
        void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
    };
    using Handle = std::unique_ptr<rd_kafka_t, HandleDeleter>;

    TaskListener(Handle handle, std::function<void()> heard);
    void listen();
    void leave();

    Handle handle_;
    const std::function<void()> heard_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace slipway::adapters::kafka
