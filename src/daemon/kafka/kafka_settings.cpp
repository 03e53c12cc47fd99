#include "daemon/kafka/kafka_settings.hpp"

#include <algorithm>
#include <string_view>

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
    return {};
}

}  // namespace slipway::daemon
