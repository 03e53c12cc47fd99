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

}  // namespace
}  // namespace slipway::daemon
