#include "adapters/kafka/client_options.hpp"

#include <gtest/gtest.h>

namespace slipway::adapters::kafka {
namespace {

TEST(KafkaClientOptions, CodesSayWhatTheCallerCanDo) {
    const std::vector<std::pair<rd_kafka_resp_err_t, Errc>> table = {
        {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, Errc::unavailable},
        {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, Errc::unavailable},
        {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, Errc::unavailable},
        {RD_KAFKA_RESP_ERR__FATAL, Errc::unavailable},
        {RD_KAFKA_RESP_ERR__PURGE_QUEUE, Errc::cancelled},
        {RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, Errc::cancelled},
        {RD_KAFKA_RESP_ERR__QUEUE_FULL, Errc::throttled},
        {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Errc::too_large},
        {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, Errc::not_found},
        {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Errc::forbidden},
        {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, Errc::unauthorised},
        {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, Errc::invalid},
    };
    for (const auto& [code, expected] : table) {
        const Error error = translate_error(code, "produce");
        EXPECT_EQ(error.code, expected) << rd_kafka_err2name(code);
        EXPECT_TRUE(error.detail.starts_with("produce: ")) << error.detail;
    }
}

TEST(KafkaClientOptions, WhatTheLibraryDoesNotTakeIsRefused) {
    EXPECT_TRUE(make_conf({.brokers = "127.0.0.1:9092"}, {{"acks", "all"}}));
    const auto refused = make_conf({.brokers = "127.0.0.1:9092"}, {{"acks", "perhaps"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid);
    EXPECT_TRUE(refused.error().detail.contains("acks")) << refused.error().detail;
}

}  // namespace
}  // namespace slipway::adapters::kafka
