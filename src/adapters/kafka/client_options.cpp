#include "adapters/kafka/client_options.hpp"

#include <array>

#include "telemetry/log.hpp"

namespace slipway::adapters::kafka {

namespace {

void log_line(const rd_kafka_t*, int, const char* facility, const char* text) {
    telemetry::log(telemetry::Level::debug, "kafka_client",
                   {{"facility", std::string_view(facility)}, {"detail", std::string_view(text)}});
}

// Where nothing is set, librdkafka prints errors to the terminal.
void ignore_error(rd_kafka_t*, int, const char*, void*) {}

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
    all.insert(all.end(), values.begin(), values.end());
    for (const auto& [name, value] : all) {
        std::array<char, 256> reason{};
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), reason.data(),
                              reason.size()) != RD_KAFKA_CONF_OK) {
            return failure(Errc::invalid, std::string("kafka: ") + reason.data());
        }
    }
    rd_kafka_conf_set_log_cb(conf.get(), log_line);
    rd_kafka_conf_set_error_cb(conf.get(), ignore_error);
    return conf;
}

}  // namespace slipway::adapters::kafka
