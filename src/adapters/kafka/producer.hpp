// Producer: hands messages to Kafka and says of each what became of it. An idempotent producer of
// librdkafka that waits for every replica in sync, served by a thread of its own; results come to
// whoever waits on whatever loop.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "adapters/kafka/client_options.hpp"
#include "adapters/kafka/message_sender.hpp"

namespace slipway::adapters::kafka {

class Producer final : public MessageSender {
 public:
    // Goes nowhere yet: brokers may be away. invalid: options that librdkafka does not take.
    static Result<std::unique_ptr<Producer>> open(ClientOptions options);
    // Calls stop() and waits for it.
    ~Producer() override;
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    runtime::OneShot<Result<>> send(Message message) override;
    // Nobody wants to know. Thread-safe; does not wait.
    void post(Message message);
    // What is under way has a second to arrive. Thread-safe, idempotent.
    void stop();

 private:
    struct HandleDeleter {
        void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
    };
    using Handle = std::unique_ptr<rd_kafka_t, HandleDeleter>;

    explicit Producer(ClientOptions options) : options_(std::move(options)) {}
    static Result<Handle> make_handle(const ClientOptions& options);
    static void on_delivery(rd_kafka_t* handle, const rd_kafka_message_t* message, void* opaque);
    Result<> produce(const Message& message, void* opaque);
    void serve();
    // One that has met a fatal error takes nothing any more (INTRODUCTION.md of librdkafka,
    // "Fatal errors").
    void replace_where_broken();

    const ClientOptions options_;
    // Guards the handle against its replacement.
    std::mutex mutex_;
    Handle handle_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace slipway::adapters::kafka
