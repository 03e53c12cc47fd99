#include "adapters/kafka/producer.hpp"

#include <array>
#include <utility>

#include "telemetry/log.hpp"

namespace slipway::adapters::kafka {

namespace {

using Outcome = runtime::OneShot<Result<>>;

constexpr int kPollMillis = 100;
constexpr int kLastMillis = 1000;

// Of an empty text nothing: a message without a key. They are copied, and not written to.
rd_kafka_vu_t bytes_of(rd_kafka_vtype_t type, const std::string& text) {
    rd_kafka_vu_t part{};
    part.vtype = type;
    part.u.mem.ptr = text.empty() ? nullptr : const_cast<char*>(text.data());
    part.u.mem.size = text.size();
    return part;
}

}  // namespace

Result<Producer::Handle> Producer::make_handle(const ClientOptions& options) {
    auto conf = make_conf(options,
                          {{"enable.idempotence", "true"},
                           {"acks", "all"},
                           {"message.timeout.ms", std::to_string(options.delivery_timeout.count())},
                           {"queue.buffering.max.messages", "10000"},
                           {"linger.ms", "2"},
                           {"compression.type", "lz4"},
                           {"sticky.partitioning.linger.ms", "0"}});
    if (!conf) {
        return std::unexpected(conf.error());
    }
    rd_kafka_conf_set_dr_msg_cb(conf->get(), on_delivery);
    std::array<char, 256> reason{};
    Handle handle(rd_kafka_new(RD_KAFKA_PRODUCER, conf->get(), reason.data(), reason.size()));
    if (!handle) {
        return failure(Errc::invalid, std::string("kafka: ") + reason.data());
    }
    // It has taken the configuration over.
    static_cast<void>(conf->release());
    return handle;
}

Result<std::unique_ptr<Producer>> Producer::open(ClientOptions options) {
    auto handle = make_handle(options);
    if (!handle) {
        return std::unexpected(handle.error());
    }
    std::unique_ptr<Producer> producer(new Producer(std::move(options)));
    producer->handle_ = std::move(*handle);
    producer->thread_ = std::thread([raw = producer.get()] { raw->serve(); });
    return producer;
}

Producer::~Producer() {
    stop();
    thread_.join();
}

void Producer::stop() {
    stopping_ = true;
}

void Producer::on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    const std::unique_ptr<Outcome> outcome(static_cast<Outcome*>(message->_private));
    if (!outcome) {
        return;
    }
    outcome->deliver(message->err == RD_KAFKA_RESP_ERR_NO_ERROR
                         ? Result<>()
                         : std::unexpected(translate_error(message->err, "produce")));
}

Outcome Producer::send(Message message) {
    Outcome outcome;
    auto waiting = std::make_unique<Outcome>(outcome);
    if (auto produced = produce(message, waiting.get()); !produced) {
        outcome.deliver(std::move(produced));
    } else {
        // on_delivery has it now.
        static_cast<void>(waiting.release());
    }
    return outcome;
}

void Producer::post(Message message) {
    static_cast<void>(produce(message, nullptr));
}

Result<> Producer::produce(const Message& message, void* opaque) {
    rd_kafka_headers_t* headers = rd_kafka_headers_new(message.headers.size());
    for (const auto& [name, value] : message.headers) {
        rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
    }
    const std::scoped_lock lock(mutex_);
    if (stopping_) {
        rd_kafka_headers_destroy(headers);
        return failure(Errc::cancelled, "produce: stopped");
    }
    std::array<rd_kafka_vu_t, 6> parts{};
    parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    parts[0].u.cstr = message.topic.c_str();
    parts[1] = bytes_of(RD_KAFKA_VTYPE_KEY, message.key);
    parts[2] = bytes_of(RD_KAFKA_VTYPE_VALUE, message.value);
    parts[3].vtype = RD_KAFKA_VTYPE_HEADERS;
    parts[3].u.headers = headers;
    parts[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    parts[4].u.i = RD_KAFKA_MSG_F_COPY;
    parts[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
    parts[5].u.ptr = opaque;
    rd_kafka_error_t* refused = rd_kafka_produceva(handle_.get(), parts.data(), parts.size());
    if (refused == nullptr) {
        return {};
    }
    const rd_kafka_resp_err_t code = rd_kafka_error_code(refused);
    rd_kafka_error_destroy(refused);
    rd_kafka_headers_destroy(headers);
    return std::unexpected(translate_error(code, "produce"));
}

void Producer::serve() {
    while (!stopping_) {
        // Only this thread replaces the handle.
        rd_kafka_poll(handle_.get(), kPollMillis);
        replace_where_broken();
    }
    {
        // Whoever produces now has not seen the end yet; afterwards everybody has.
        const std::scoped_lock lock(mutex_);
    }
    rd_kafka_flush(handle_.get(), kLastMillis);
    rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (rd_kafka_outq_len(handle_.get()) > 0) {
        rd_kafka_poll(handle_.get(), kPollMillis);
    }
}

void Producer::replace_where_broken() {
    std::array<char, 256> reason{};
    const rd_kafka_resp_err_t code =
        rd_kafka_fatal_error(handle_.get(), reason.data(), reason.size());
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return;
    }
    telemetry::log(telemetry::Level::warn, "kafka_producer_replaced",
                   {{"detail", std::string_view(reason.data())}});
    auto fresh = make_handle(options_);
    if (!fresh) {
        return;
    }
    Handle broken;
    {
        const std::scoped_lock lock(mutex_);
        broken = std::exchange(handle_, std::move(*fresh));
    }
    rd_kafka_purge(broken.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    while (rd_kafka_outq_len(broken.get()) > 0) {
        rd_kafka_poll(broken.get(), kPollMillis);
    }
}

}  // namespace slipway::adapters::kafka
