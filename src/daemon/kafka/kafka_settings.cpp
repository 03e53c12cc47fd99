#include "daemon/kafka/kafka_settings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "daemon/secret_text.hpp"
#include "daemon/values.hpp"

namespace slipway::daemon {

namespace {

// As Kafka names them.
constexpr std::size_t kLongestTopic = 249;

bool is_topic(std::string_view text) {
    return !text.empty() && text.size() <= kLongestTopic && text != "." && text != ".." &&
           std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_' || c == '-';
           });
}

bool is_broker(const std::string& text) {
    const auto address = parse_address(text);
    return address && address->port != 0;
}

struct Protocol {
    std::string_view name;
    std::string_view of_the_library;
    bool tls = false;
    bool sasl = false;
};

constexpr std::array kProtocols{Protocol{"PLAINTEXT", "plaintext"},
                                Protocol{"SSL", "ssl", true, false},
                                Protocol{"SASL_PLAINTEXT", "sasl_plaintext", false, true},
                                Protocol{"SASL_SSL", "sasl_ssl", true, true}};

std::optional<Protocol> protocol_of(const Config::Kafka& kafka) {
    const auto* const found =
        std::ranges::find(kProtocols, kafka.security_protocol, &Protocol::name);
    return found == kProtocols.end() ? std::nullopt : std::optional(*found);
}

std::string find_security_contradiction(const Config::Kafka& kafka) {
    const auto protocol = protocol_of(kafka);
    if (!protocol) {
        return "kafka.security_protocol: must be PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL";
    }
    if (kafka.sasl_mechanism != "SCRAM-SHA-512" && kafka.sasl_mechanism != "PLAIN") {
        return "kafka.sasl_mechanism: must be SCRAM-SHA-512 or PLAIN";
    }
    if (!protocol->tls && !kafka.ca.empty()) {
        return "kafka.ca: is for kafka.security_protocol SSL or SASL_SSL";
    }
    if (!protocol->sasl && !(kafka.user.empty() && kafka.password_file.empty())) {
        return std::string(kafka.user.empty() ? "kafka.password_file" : "kafka.user") +
               ": is for kafka.security_protocol SASL_SSL or SASL_PLAINTEXT";
    }
    if (protocol->sasl && kafka.user.empty()) {
        return "kafka.user: must say as whom SASL logs in";
    }
    return {};
}

}  // namespace

std::string find_kafka_contradiction(const Config& config) {
    const Config::Kafka& kafka = config.kafka;
    if (config.events.part_stored_sample > 0 && kafka.brokers.empty() &&
        config.webhooks.endpoints.empty()) {
        return "events.part_stored_sample: nobody is told of events: neither kafka.brokers nor "
               "webhooks.endpoints is set";
    }
    const auto brokers = addresses(kafka.brokers);
    if (!std::ranges::all_of(brokers, is_broker) || brokers.empty() != kafka.brokers.empty()) {
        return "kafka.brokers: must be HOST:PORT, several with commas between";
    }
    if (!is_topic(kafka.topic_events)) {
        return "kafka.topic_events: must be up to 249 letters, digits, \".\", \"_\" and \"-\"";
    }
    if (!kafka.topic_tasks.empty() &&
        (!is_topic(kafka.topic_tasks) || kafka.topic_tasks == kafka.topic_events)) {
        return "kafka.topic_tasks: must be as kafka.topic_events and another one, or empty";
    }
    return find_security_contradiction(kafka);
}

Result<adapters::kafka::ClientOptions> kafka_options(const Environment& environment,
                                                     const Config::Kafka& kafka) {
    const Protocol protocol = protocol_of(kafka).value_or(kProtocols.front());
    adapters::kafka::ClientOptions options{
        .brokers = kafka.brokers,
        .security_protocol = std::string(protocol.of_the_library),
        .ca = kafka.ca};
    if (!protocol.sasl) {
        return options;
    }
    auto password = load_secret(environment, {.variable = "SLIPWAY_KAFKA_PASSWORD",
                                              .key = "kafka.password_file",
                                              .file = kafka.password_file});
    if (!password) {
        return std::unexpected(std::move(password.error()));
    }
    if (!*password || (*password)->empty()) {
        return failure(Errc::invalid,
                       "kafka.password_file: is not set, nor is SLIPWAY_KAFKA_PASSWORD");
    }
    options.mechanism = kafka.sasl_mechanism;
    options.user = kafka.user;
    options.password = std::move(**password);
    return options;
}

}  // namespace slipway::daemon
