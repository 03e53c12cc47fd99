#include "adapters/kafka/task_listener.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace slipway::adapters::kafka {

namespace {

constexpr int kPollMillis = 100;
constexpr std::chrono::milliseconds kLongestLeave{1000};

// All workers of an installation.
constexpr const char* kGroup = "slipway-workers";

struct ListDeleter {
    void operator()(rd_kafka_topic_partition_list_t* list) const {
        rd_kafka_topic_partition_list_destroy(list);
    }
};
struct QueueDeleter {
    void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
struct MessageDeleter {
    void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};

}  // namespace

Result<std::unique_ptr<TaskListener>> TaskListener::open(const ClientOptions& options,
                                                         const std::string& topic,
                                                         std::function<void()> heard) {
    // What was announced before the group came into being may be what somebody waits for. A topic
    // that comes into being later is noticed within seconds.
    auto conf = make_conf(options, {{"group.id", std::string(kGroup) + "-" + topic},
                                    {"auto.offset.reset", "earliest"},
                                    {"enable.auto.commit", "false"},
                                    {"allow.auto.create.topics", "true"},
                                    {"session.timeout.ms", "10000"},
                                    {"topic.metadata.refresh.interval.ms", "10000"}});
    if (!conf) {
        return std::unexpected(conf.error());
    }
    std::array<char, 256> reason{};
    Handle handle(rd_kafka_new(RD_KAFKA_CONSUMER, conf->get(), reason.data(), reason.size()));
    if (!handle) {
        return failure(Errc::invalid, std::string("kafka: ") + reason.data());
    }
    // It has taken the configuration over.
    static_cast<void>(conf->release());
    rd_kafka_poll_set_consumer(handle.get());
    const std::unique_ptr<rd_kafka_topic_partition_list_t, ListDeleter> topics(
        rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    if (const auto code = rd_kafka_subscribe(handle.get(), topics.get());
        code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return std::unexpected(translate_error(code, "subscribe"));
    }
    return std::unique_ptr<TaskListener>(new TaskListener(std::move(handle), std::move(heard)));
}

TaskListener::TaskListener(Handle handle, std::function<void()> heard)
    : handle_(std::move(handle)), heard_(std::move(heard)), thread_([this] { listen(); }) {}

TaskListener::~TaskListener() {
    stopping_ = true;
    thread_.join();
    leave();
}

void TaskListener::leave() {
    const std::unique_ptr<rd_kafka_queue_t, QueueDeleter> queue(rd_kafka_queue_new(handle_.get()));
    rd_kafka_error_t* refused = rd_kafka_consumer_close_queue(handle_.get(), queue.get());
    if (refused != nullptr) {
        rd_kafka_error_destroy(refused);
    }
    const auto end = std::chrono::steady_clock::now() + kLongestLeave;
    while (rd_kafka_consumer_closed(handle_.get()) == 0 && std::chrono::steady_clock::now() < end) {
        rd_kafka_event_destroy(rd_kafka_queue_poll(queue.get(), kPollMillis));
    }
    if (rd_kafka_consumer_closed(handle_.get()) == 0) {
        // It waits for brokers that are away, and its destruction would, too; the process ends, and
        // the group finds out by itself.
        rd_kafka_set_log_level(handle_.get(), 0);
        static_cast<void>(handle_.release());
    }
}

// Errors are those of brokers that are away: it goes on by itself when they are back. Where it is
// is written down in a pause: an end that found it to be done would wait for the brokers.
void TaskListener::listen() {
    bool noted = true;
    while (!stopping_) {
        const std::unique_ptr<rd_kafka_message_t, MessageDeleter> message(
            rd_kafka_consumer_poll(handle_.get(), kPollMillis));
        if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            heard_();
            noted = false;
        } else if (!message && !noted) {
            rd_kafka_commit(handle_.get(), nullptr, 1);
            noted = true;
        }
    }
}

}  // namespace slipway::adapters::kafka
