#include "daemon/kafka/kafka_settings.hpp"

#include <gtest/gtest.h>

namespace slipway::daemon {
namespace {

Config with_kafka(std::string brokers) {
    Config config;
    config.kafka.brokers = std::move(brokers);
    return config;
}

TEST(KafkaSettings, BrokersAreAddressesWithPorts) {
    for (const auto* brokers : {"", "a:9092", "10.0.0.1:9092,[::1]:9093,c.example:1"}) {
        EXPECT_EQ(find_kafka_contradiction(with_kafka(brokers)), "") << brokers;
    }
    for (const auto* brokers : {"a", "a:0", "a:9092;b:9092", "a:9092,b", ",", "a:9092, b:9092"}) {
        EXPECT_TRUE(find_kafka_contradiction(with_kafka(brokers)).starts_with("kafka.brokers: "))
            << brokers;
    }
}

TEST(KafkaSettings, ATopicHasTheNamesThatKafkaTakes) {
    Config config = with_kafka("a:1");
    for (const auto& topic : {std::string("a.B_0-c"), std::string(249, 'a')}) {
        config.kafka.topic_events = topic;
        EXPECT_EQ(find_kafka_contradiction(config), "") << topic;
    }
    for (const auto& topic :
         {std::string(), std::string("."), std::string("a b"), std::string(250, 'a')}) {
        config.kafka.topic_events = topic;
        EXPECT_TRUE(find_kafka_contradiction(config).starts_with("kafka.topic_events: ")) << topic;
    }
}

TEST(KafkaSettings, TasksHaveATopicOfTheirOwnOrNone) {
    Config config = with_kafka("a:1");
    config.kafka.topic_tasks = "";
    EXPECT_EQ(find_kafka_contradiction(config), "");
    for (const auto& topic : {config.kafka.topic_events, std::string("a b")}) {
        config.kafka.topic_tasks = topic;
        EXPECT_TRUE(find_kafka_contradiction(config).starts_with("kafka.topic_tasks: ")) << topic;
    }
}

TEST(KafkaSettings, ASampleIsForSomebody) {
    Config config;
    config.events.part_stored_sample = 0.5;
    EXPECT_TRUE(find_kafka_contradiction(config).starts_with("events.part_stored_sample: "));
    config.webhooks.endpoints = "a https://a.example/";
    EXPECT_EQ(find_kafka_contradiction(config), "");
    config.webhooks.endpoints = "";
    config.kafka.brokers = "a:1";
    EXPECT_EQ(find_kafka_contradiction(config), "");
}

TEST(KafkaSettings, SecurityHasWhatItNeedsAndNothingElse) {
    const auto said = [](auto change) {
        Config config = with_kafka("a:1");
        change(config.kafka);
        return find_kafka_contradiction(config);
    };
    for (const auto* name : {"plaintext", "", "TLS", "SASL"}) {
        EXPECT_TRUE(said([&](auto& kafka) {
                        kafka.security_protocol = name;
                    }).starts_with("kafka.security_protocol: "))
            << name;
    }
    EXPECT_TRUE(said([](auto& kafka) { kafka.ca = "a"; }).starts_with("kafka.ca: "));
    EXPECT_TRUE(said([](auto& kafka) { kafka.user = "a"; }).starts_with("kafka.user: is for"));
    EXPECT_TRUE(said([](auto& kafka) {
                    kafka.password_file = "a";
                }).starts_with("kafka.password_file: is for"));
    EXPECT_TRUE(said([](auto& kafka) {
                    kafka.security_protocol = "SASL_SSL";
                }).starts_with("kafka.user: must"));
    EXPECT_TRUE(said([](auto& kafka) {
                    kafka.sasl_mechanism = "GSSAPI";
                }).starts_with("kafka.sasl_mechanism: "));
    EXPECT_TRUE(said([](auto& kafka) {
                    kafka.security_protocol = "SASL_PLAINTEXT";
                    kafka.user = "a";
                    kafka.ca = "a";
                }).starts_with("kafka.ca: "));
    EXPECT_EQ(said([](auto& kafka) {
                  kafka.security_protocol = "SASL_SSL";
                  kafka.sasl_mechanism = "PLAIN";
                  kafka.user = kafka.password_file = kafka.ca = "a";
              }),
              "");
}

TEST(KafkaSettings, ThePasswordIsThereWhereSaslNeedsIt) {
    const Environment nothing = [](const std::string&) { return std::nullopt; };
    const Environment set = [](const std::string& name) {
        return name == "SLIPWAY_KAFKA_PASSWORD" ? std::optional<std::string>("secret")
                                                : std::nullopt;
    };
    Config::Kafka kafka = with_kafka("a:1,b:2").kafka;
    EXPECT_EQ(kafka_options(set, kafka)->password, "");
    EXPECT_EQ(kafka_options(set, kafka)->security_protocol, "plaintext");
    kafka.security_protocol = "SASL_SSL";
    kafka.user = "slipway";
    kafka.ca = "/ca.pem";
    const auto options = kafka_options(set, kafka);
    EXPECT_EQ(options->brokers, "a:1,b:2");
    EXPECT_EQ(options->security_protocol, "sasl_ssl");
    EXPECT_EQ(options->mechanism, "SCRAM-SHA-512");
    EXPECT_EQ(options->user, "slipway");
    EXPECT_EQ(options->password, "secret");
    EXPECT_EQ(options->ca, "/ca.pem");
    const auto none = kafka_options(nothing, kafka);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().detail,
              "kafka.password_file: is not set, nor is SLIPWAY_KAFKA_PASSWORD");
    kafka.password_file = "/nowhere/at/all";
    const auto unread = kafka_options(nothing, kafka);
    ASSERT_FALSE(unread);
    EXPECT_TRUE(unread.error().detail.starts_with("kafka.password_file: "));
}

}  // namespace
}  // namespace slipway::daemon
