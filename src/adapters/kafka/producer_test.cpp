// Over the broker that librdkafka brings for tests, inside this process and on loopback.
#include "adapters/kafka/producer.hpp"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka_mock.h>

#include <thread>

#include "runtime/run_blocking.hpp"

namespace slipway::adapters::kafka {
namespace {

using namespace std::chrono_literals;

class KafkaProducer : public ::testing::Test {
 protected:
    void SetUp() override {
#if __has_feature(thread_sanitizer)
        GTEST_SKIP() << "librdkafka begins its threads by thrd_create(3), of which the thread "
                        "sanitizer knows nothing: the first of them ends the program";
#endif
        rd_kafka_conf_t* conf = rd_kafka_conf_new();
        host_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
        cluster_ = rd_kafka_mock_cluster_new(host_, 1);
        rd_kafka_mock_topic_create(cluster_, "t", 1, 1);
    }
    void TearDown() override {
        if (host_ != nullptr) {
            rd_kafka_mock_cluster_destroy(cluster_);
            rd_kafka_destroy(host_);
        }
    }
    std::unique_ptr<Producer> open(std::chrono::milliseconds timeout) {
        auto producer = Producer::open(
            {.brokers = rd_kafka_mock_cluster_bootstraps(cluster_), .delivery_timeout = timeout});
        EXPECT_TRUE(producer);
        return std::move(*producer);
    }
    static Message message() {
        return {.topic = "t", .key = "k", .value = "v", .headers = {{"h", "x"}}};
    }
    static Result<> outcome_of(const runtime::OneShot<Result<>>& sent) {
        return runtime::run_blocking(sent.wait());
    }

    rd_kafka_t* host_ = nullptr;
    rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

TEST_F(KafkaProducer, SaysWhenTheBrokersHaveAMessage) {
    const auto producer = open(60s);
    EXPECT_TRUE(outcome_of(producer->send(message())));
}

TEST_F(KafkaProducer, SaysThatTheyDoNotWhereTheyDoNotAnswer) {
    rd_kafka_mock_broker_set_down(cluster_, 1);
    const auto producer = open(1s);
    const auto sent = outcome_of(producer->send(message()));
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Errc::unavailable);
}

TEST_F(KafkaProducer, GivesBackWhatIsUnderWayWhenItIsStopped) {
    rd_kafka_mock_broker_set_down(cluster_, 1);
    auto producer = open(600s);
    const auto sent = producer->send(message());
    producer.reset();
    const auto outcome = outcome_of(sent);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::cancelled);
}

TEST_F(KafkaProducer, TakesNothingAfterItsEnd) {
    const auto producer = open(60s);
    producer->stop();
    const auto sent = outcome_of(producer->send(message()));
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Errc::cancelled);
}

// An error after which an idempotent producer takes nothing any more.
TEST_F(KafkaProducer, GoesOnAfterAFatalError) {
    const auto producer = open(60s);
    ASSERT_TRUE(outcome_of(producer->send(message())));
    rd_kafka_mock_push_request_errors(cluster_, 0 /* Produce */, 1,
                                      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
    const auto failed = outcome_of(producer->send(message()));
    EXPECT_FALSE(failed);
    Result<> sent = failure(Errc::unavailable, "not tried");
    // The next one takes its place when its thread has seen it.
    for (int tries = 0; tries < 3000 && !sent; ++tries) {
        std::this_thread::sleep_for(10ms);
        sent = outcome_of(producer->send(message()));
    }
    EXPECT_TRUE(sent);
}

}  // namespace
}  // namespace slipway::adapters::kafka
