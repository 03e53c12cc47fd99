#include "adapters/kafka/client_options.hpp"

#include <array>
#include <chrono>
#include <mutex>
#include <optional>

#include "telemetry/log.hpp"

namespace slipway::adapters::kafka {

namespace {

void log_line(const rd_kafka_t*, int, const char* facility, const char* text) {
    telemetry::log(telemetry::Level::debug, "kafka_client",
                   {{"facility", std::string_view(facility)}, {"detail", std::string_view(text)}});
}

// What waiting does not mend. Brokers that are away come back; who hands messages in tells of that.
bool is_refusal(rd_kafka_resp_err_t code) {
    switch (static_cast<int>(code)) {
        case RD_KAFKA_RESP_ERR__SSL:
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
            return true;
        default:
            return false;
    }
}

// All clients of the process try again and again, and are refused alike: one line for all of them,
// twice a minute. True: it is time for one.
bool is_time_to_tell() {
    constexpr auto kPause = std::chrono::seconds(30);
    static std::mutex mutex;
    static std::optional<std::chrono::steady_clock::time_point> last;
    const std::scoped_lock lock(mutex);
    const auto now = std::chrono::steady_clock::now();
    if (last && now - *last < kPause) {
        return false;
    }
    last = now;
    return true;
}

// Up to 2.6.0 librdkafka repeats its nonce in SCRAM, which Kafka 4 does not take: it says that the
// password is wrong (github.com/confluentinc/librdkafka/pull/4895).
std::string explain(std::string_view reason) {
    constexpr int kRight = 0x020601ff;
    if (rd_kafka_version() >= kRight || !reason.contains("SCRAM")) {
        return std::string(reason);
    }
    return std::string(reason) + "; SCRAM with Kafka 4 needs librdkafka 2.6.1, and this one is " +
           rd_kafka_version_str();
}

// Where none is set, librdkafka prints errors to the terminal.
void tell_error(rd_kafka_t*, int code, const char* reason, void*) {
    if (is_refusal(static_cast<rd_kafka_resp_err_t>(code)) && is_time_to_tell()) {
        telemetry::log(telemetry::Level::warn, "kafka_refused", {{"detail", explain(reason)}});
    }
}

void add_security(ConfValues& values, const ClientOptions& options) {
    values.emplace_back("security.protocol", options.security_protocol);
    if (options.security_protocol.ends_with("ssl")) {
        values.emplace_back("ssl.endpoint.identification.algorithm", "https");
    }
    if (!options.ca.empty()) {
        values.emplace_back("ssl.ca.location", options.ca);
    }
    if (!options.mechanism.empty()) {
        values.emplace_back("sasl.mechanism", options.mechanism);
        values.emplace_back("sasl.username", options.user);
        values.emplace_back("sasl.password", options.password);
    }
}

Errc code_of(rd_kafka_resp_err_t code) {
    switch (static_cast<int>(code)) {
        case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
        case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT:
        case RD_KAFKA_RESP_ERR__DESTROY:
            return Errc::cancelled;
        case RD_KAFKA_RESP_ERR__QUEUE_FULL:
            return Errc::throttled;
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
            return Errc::too_large;
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
            return Errc::not_found;
        case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
        case RD_KAFKA_RESP_ERR__INVALID_ARG:
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
            return Errc::invalid;
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
            return Errc::forbidden;
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
            return Errc::unauthorised;
        default:
            return Errc::unavailable;
    }
}

}  // namespace

Error translate_error(rd_kafka_resp_err_t code, std::string_view what) {
    return {code_of(code), std::string(what) + ": " + rd_kafka_err2str(code)};
}

Result<Conf> make_conf(const ClientOptions& options, const ConfValues& values) {
    Conf conf(rd_kafka_conf_new());
    ConfValues all{{"bootstrap.servers", options.brokers},
                   {"client.id", "slipwayd"},
                   {"reconnect.backoff.max.ms", "3000"}};
    add_security(all, options);
    all.insert(all.end(), values.begin(), values.end());
    for (const auto& [name, value] : all) {
        std::array<char, 256> reason{};
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), reason.data(),
                              reason.size()) != RD_KAFKA_CONF_OK) {
            return failure(Errc::invalid, std::string("kafka: ") + reason.data());
        }
    }
    rd_kafka_conf_set_log_cb(conf.get(), log_line);
    rd_kafka_conf_set_error_cb(conf.get(), tell_error);
    return conf;
}

}  // namespace slipway::adapters::kafka
