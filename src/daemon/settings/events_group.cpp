// Who is told of events: webhooks and Kafka.
#include <chrono>

#include "daemon/settings/setting_groups.hpp"
#include "daemon/settings/setting_kinds.hpp"

namespace slipway::daemon {

void add_webhooks(std::vector<Setting>& all) {
    using namespace std::chrono_literals;
    all.push_back(text_setting("webhooks.endpoints",
                               "who is told of events: NAME URL [EVENT,EVENT]; NAME URL …",
                               [](auto& c) -> auto& { return c.webhooks.endpoints; }));
    all.push_back(
        text_setting("webhooks.secret_file",
                     "file of the secrets that sign messages: SECRET or NAME SECRET a line",
                     [](auto& c) -> auto& { return c.webhooks.secret_file; }));
    all.push_back(text_setting("webhooks.source", "what events name as their source",
                               [](auto& c) -> auto& { return c.webhooks.source; }));
    all.push_back(text_setting(
        "webhooks.ca", "certificates of the authorities that https trusts; empty: the system's",
        [](auto& c) -> auto& { return c.webhooks.ca; }));
    all.push_back(boolean_setting("webhooks.allow_http", "endpoints may have http URLs",
                                  [](auto& c) -> auto& { return c.webhooks.allow_http; }));
    all.push_back(boolean_setting("webhooks.allow_private",
                                  "endpoints may be in this host or in private networks",
                                  [](auto& c) -> auto& { return c.webhooks.allow_private; }));
    all.push_back(duration_setting("webhooks.timeout", "for one attempt to deliver an event", 100ms,
                                   5min, [](auto& c) -> auto& { return c.webhooks.timeout; }));
    all.push_back(number_setting("webhooks.max_attempts",
                                 "attempts before an event becomes a dead letter", 1, 1000,
                                 [](auto& c) -> auto& { return c.webhooks.max_attempts; }));
    all.push_back(duration_setting("webhooks.backoff",
                                   "most that lies between the first two attempts; it doubles",
                                   10ms, 24h, [](auto& c) -> auto& { return c.webhooks.backoff; }));
    all.push_back(duration_setting("webhooks.backoff_max", "most between two attempts", 10ms, 48h,
                                   [](auto& c) -> auto& { return c.webhooks.backoff_max; }));
    all.push_back(number_setting("webhooks.parallel", "deliveries at a time", 1, 256,
                                 [](auto& c) -> auto& { return c.webhooks.parallel; }));
}

void add_kafka(std::vector<Setting>& all) {
    all.push_back(fraction_setting("events.part_stored_sample",
                                   "share of the parts of which part.stored tells, from 0 to 1",
                                   [](auto& c) -> auto& { return c.events.part_stored_sample; }));
    all.push_back(text_setting("kafka.brokers",
                               "HOST:PORT,HOST:PORT of the brokers that take events; empty: none",
                               [](auto& c) -> auto& { return c.kafka.brokers; }));
    all.push_back(text_setting("kafka.topic_events", "the topic of events",
                               [](auto& c) -> auto& { return c.kafka.topic_events; }));
    all.push_back(
        text_setting("kafka.topic_tasks",
                     "the topic by which servers of one database tell each other of tasks; empty: "
                     "none",
                     [](auto& c) -> auto& { return c.kafka.topic_tasks; }));
    all.push_back(text_setting("kafka.security_protocol",
                               "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL, as Kafka calls them",
                               [](auto& c) -> auto& { return c.kafka.security_protocol; }));
    all.push_back(text_setting("kafka.ca",
                               "certificates of the authorities that the brokers' may be signed "
                               "by; empty: the system's",
                               [](auto& c) -> auto& { return c.kafka.ca; }));
    all.push_back(text_setting("kafka.sasl_mechanism", "SCRAM-SHA-512 or PLAIN",
                               [](auto& c) -> auto& { return c.kafka.sasl_mechanism; }));
    all.push_back(text_setting("kafka.user", "as whom SASL logs in",
                               [](auto& c) -> auto& { return c.kafka.user; }));
    all.push_back(text_setting("kafka.password_file",
                               "file of that user's password, unless SLIPWAY_KAFKA_PASSWORD is it",
                               [](auto& c) -> auto& { return c.kafka.password_file; }));
}

}  // namespace slipway::daemon
