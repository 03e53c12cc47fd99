#include "daemon/task_dispatch.hpp"

#include <utility>

#include "daemon/metadata_settings.hpp"

namespace slipway::daemon {

namespace {

constexpr std::string_view kName = "slipway_kafka_tasks_total";
constexpr std::string_view kHelp = "Tasks that became due, announced to others and heard of.";

}  // namespace

Result<std::unique_ptr<TaskDispatch>> TaskDispatch::open(ports::TaskQueue& queue,
                                                         telemetry::Metrics& metrics,
                                                         const Config& config) {
    if (config.kafka.brokers.empty() || config.kafka.topic_tasks.empty() ||
        config.metadata.kind != kMariaDbMetadata) {
        return nullptr;
    }
    // Later than that, whoever polls has found it.
    adapters::kafka::ClientOptions options{.brokers = config.kafka.brokers,
                                           .delivery_timeout = std::chrono::seconds(5)};
    auto producer = adapters::kafka::Producer::open(options);
    if (!producer) {
        return std::unexpected(producer.error());
    }
    return std::unique_ptr<TaskDispatch>(new TaskDispatch(
        queue, metrics, std::move(*producer), std::move(options), config.kafka.topic_tasks));
}

TaskDispatch::TaskDispatch(ports::TaskQueue& queue, telemetry::Metrics& metrics,
                           std::unique_ptr<adapters::kafka::Producer> producer,
                           adapters::kafka::ClientOptions options, std::string topic)
    : sent_(metrics.counter(kName, kHelp, "direction=\"sent\"")),
      heard_(metrics.counter(kName, kHelp, "direction=\"heard\"")),
      producer_(std::move(producer)),
      options_(std::move(options)),
      topic_(std::move(topic)),
      queue_(queue, [this] { announce(); }) {}

void TaskDispatch::announce() {
    sent_.add();
    producer_->post({.topic = topic_, .key = {}, .value = "task", .headers = {}});
}

Result<> TaskDispatch::listen(std::function<void()> wake) {
    auto heard = [this, wake = std::move(wake)] {
        heard_.add();
        wake();
    };
    auto listener = adapters::kafka::TaskListener::open(options_, topic_, std::move(heard));
    if (!listener) {
        return std::unexpected(listener.error());
    }
    listener_ = std::move(*listener);
    return {};
}

void TaskDispatch::stop() {
    producer_->stop();
    listener_.reset();
}

}  // namespace slipway::daemon
