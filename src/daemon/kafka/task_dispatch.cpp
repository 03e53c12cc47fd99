#include "daemon/kafka/task_dispatch.hpp"

#include <string>
#include <utility>

#include "adapters/kafka/announcing_task_queue.hpp"
#include "adapters/kafka/producer.hpp"
#include "adapters/kafka/task_listener.hpp"
#include "daemon/kafka/kafka_settings.hpp"
#include "daemon/metadata_settings.hpp"

namespace slipway::daemon {

namespace {

namespace kafka = adapters::kafka;

constexpr std::string_view kName = "slipway_kafka_tasks_total";
constexpr std::string_view kHelp = "Tasks that became due, announced to others and heard of.";

class TopicDispatch final : public TaskDispatch {
 public:
    TopicDispatch(ports::TaskQueue& queue, telemetry::Metrics& metrics,
                  std::unique_ptr<kafka::Producer> producer, kafka::ClientOptions options,
                  std::string topic)
        : sent_(metrics.counter(kName, kHelp, "direction=\"sent\"")),
          heard_(metrics.counter(kName, kHelp, "direction=\"heard\"")),
          producer_(std::move(producer)),
          options_(std::move(options)),
          topic_(std::move(topic)),
          queue_(queue, [this] { announce(); }) {}

    ports::TaskQueue& queue() override { return queue_; }
    Result<> listen(std::function<void()> wake) override;
    void stop() override;

 private:
    void announce();

    telemetry::Counter& sent_;
    telemetry::Counter& heard_;
    const std::unique_ptr<kafka::Producer> producer_;
    const kafka::ClientOptions options_;
    const std::string topic_;
    kafka::AnnouncingTaskQueue queue_;
    std::unique_ptr<kafka::TaskListener> listener_;
};

void TopicDispatch::announce() {
    sent_.add();
    producer_->post({.topic = topic_, .key = {}, .value = "task", .headers = {}});
}

Result<> TopicDispatch::listen(std::function<void()> wake) {
    auto heard = [this, wake = std::move(wake)] {
        heard_.add();
        wake();
    };
    auto listener = kafka::TaskListener::open(options_, topic_, std::move(heard));
    if (!listener) {
        return std::unexpected(listener.error());
    }
    listener_ = std::move(*listener);
    return {};
}

void TopicDispatch::stop() {
    producer_->stop();
    listener_.reset();
}

}  // namespace

Result<std::unique_ptr<TaskDispatch>> open_task_dispatch(ports::TaskQueue& queue,
                                                         telemetry::Metrics& metrics,
                                                         const Config& config,
                                                         const Environment& environment) {
    if (config.kafka.brokers.empty() || config.kafka.topic_tasks.empty() ||
        config.metadata.kind != kMariaDbMetadata) {
        return nullptr;
    }
    auto options = kafka_options(environment, config.kafka);
    if (!options) {
        return std::unexpected(options.error());
    }
    // Later than that, whoever polls has found it.
    options->delivery_timeout = std::chrono::seconds(5);
    auto producer = kafka::Producer::open(*options);
    if (!producer) {
        return std::unexpected(producer.error());
    }
    return std::make_unique<TopicDispatch>(queue, metrics, std::move(*producer),
                                           std::move(*options), config.kafka.topic_tasks);
}

}  // namespace slipway::daemon
