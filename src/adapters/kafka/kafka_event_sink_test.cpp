#include "adapters/kafka/kafka_event_sink.hpp"

#include <gtest/gtest.h>

#include "runtime/run_blocking.hpp"

namespace slipway::adapters::kafka {
namespace {

// Says at once what becomes of a message, and notes how many of a key were under way.
class ScriptedSender final : public MessageSender {
 public:
    runtime::OneShot<Result<>> send(Message message) override {
        runtime::OneShot<Result<>> outcome;
        const bool fails = sent.size() + 1 == fails_at;
        sent.push_back(std::move(message));
        outcome.deliver(fails ? Result<>(failure(Errc::unavailable, "away")) : Result<>());
        return outcome;
    }

    std::vector<Message> sent;
    std::size_t fails_at = 0;
};

core::Event event_of(char upload, std::uint32_t sequence) {
    core::Event event;
    event.subject = UploadId::parse(std::string(32, upload)).value();
    event.id = EventId::parse(std::string(31, upload) + std::to_string(sequence)).value();
    event.sequence = sequence;
    return event;
}

class KafkaEventSinkTest : public ::testing::Test {
 protected:
    ports::TakenEvents take(std::vector<core::Event> events) {
        return runtime::run_blocking(sink_.take(std::move(events)));
    }
    // The ids of the events that were sent, by their last two digits.
    std::vector<std::string> sent() const {
        std::vector<std::string> ids;
        for (const Message& message : sender_.sent) {
            ids.push_back(message.headers.at(1).second.substr(30));
        }
        return ids;
    }

    telemetry::Metrics registry_;
    KafkaEventMetrics metrics_{registry_};
    ScriptedSender sender_;
    KafkaEventSink sink_{sender_, metrics_, "events", "/test"};
};

TEST_F(KafkaEventSinkTest, TakesWhatWasDelivered) {
    const auto taken = take({event_of('a', 1), event_of('b', 1), event_of('a', 2)});
    EXPECT_TRUE(taken.rest);
    EXPECT_EQ(taken.count, 3U);
    EXPECT_EQ(sent(), (std::vector<std::string>{"a1", "b1", "a2"}));
    EXPECT_EQ(sender_.sent.front().topic, "events");
    EXPECT_EQ(sender_.sent.front().key, std::string(32, 'a'));
    EXPECT_EQ(metrics_.delivered.value(), 3U);
}

// The second event of an upload is not on its way while the first may still fail.
TEST_F(KafkaEventSinkTest, AnEventIsNotSentBeforeThatOfTheSameUploadHasArrived) {
    sender_.fails_at = 1;
    const auto taken = take({event_of('a', 1), event_of('b', 1), event_of('a', 2)});
    EXPECT_FALSE(taken.rest);
    EXPECT_EQ(taken.count, 0U);
    EXPECT_EQ(sent(), (std::vector<std::string>{"a1", "b1"}));
    EXPECT_EQ(metrics_.failed.value(), 1U);
}

TEST_F(KafkaEventSinkTest, WhatIsBehindAFailureComesAgain) {
    sender_.fails_at = 2;
    const auto taken = take({event_of('a', 1), event_of('b', 1), event_of('c', 1)});
    EXPECT_EQ(taken.rest.error().code, Errc::unavailable);
    EXPECT_EQ(taken.count, 1U) << "the first ones only, though the last has arrived";
}

}  // namespace
}  // namespace slipway::adapters::kafka
