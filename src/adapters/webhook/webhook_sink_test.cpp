#include "adapters/webhook/webhook_sink.hpp"

#include <gtest/gtest.h>

#include "adapters/memory/manual_clock.hpp"
#include "adapters/memory/memory_task_queue.hpp"
#include "adapters/memory/seeded_random.hpp"
#include "runtime/run_blocking.hpp"

namespace slipway::adapters::webhook {
namespace {

core::Event event_of(core::EventKind kind, std::uint32_t sequence) {
    core::Event event;
    event.id = EventId::parse(std::string(31, 'e') + std::to_string(sequence)).value();
    event.kind = kind;
    event.subject = UploadId::parse(std::string(32, 'a')).value();
    event.sequence = sequence;
    return event;
}

class WebhookSinkTest : public ::testing::Test {
 protected:
    WebhookSinkTest()
        : sink_(queue_, clock_, random_,
                {{.name = "all", .url = "https://a.example/", .kinds = {}, .secrets = {}},
                 {.name = "ends",
                  .url = "https://b.example/",
                  .kinds = {core::EventKind::upload_completed, core::EventKind::upload_failed},
                  .secrets = {}}},
                {.source = "/test", .max_attempts = 7}) {}

    void take(const core::Event& event) {
        const auto taken = runtime::run_blocking(sink_.take({event}));
        ASSERT_TRUE(taken.rest);
        ASSERT_EQ(taken.count, 1U);
    }
    std::vector<core::QueuedTask> tasks() {
        return runtime::run_blocking(queue_.list(core::TaskStatus::pending, {}))->items;
    }

    memory::MemoryTaskQueue queue_;
    memory::ManualClock clock_;
    memory::SeededRandom random_{1};
    WebhookSink sink_;
};

TEST_F(WebhookSinkTest, WritesATaskForEveryEndpointThatWantsTheEvent) {
    take(event_of(core::EventKind::upload_created, 1));
    ASSERT_EQ(tasks().size(), 1U);
    take(event_of(core::EventKind::upload_completed, 2));
    ASSERT_EQ(tasks().size(), 3U);
    for (const auto& task : tasks()) {
        EXPECT_EQ(task.kind, core::TaskKind::webhook);
        EXPECT_EQ(task.max_attempts, 7U);
        const auto delivery = core::parse_delivery(task.payload);
        ASSERT_TRUE(delivery);
        EXPECT_EQ(task.dedupe_key, core::delivery_key(*delivery));
        EXPECT_TRUE(delivery->body.contains(delivery->event.to_string()));
    }
}

TEST_F(WebhookSinkTest, TakesAnEventOnceHoweverOftenItIsHandedIn) {
    const auto event = event_of(core::EventKind::upload_created, 1);
    take(event);
    take(event);
    ASSERT_EQ(tasks().size(), 1U);
    // Also when it was delivered meanwhile.
    const auto claimed =
        runtime::run_blocking(queue_.claim({.owner = "o",
                                            .kinds = {core::TaskKind::webhook},
                                            .now = clock_.wall(),
                                            .lease_length = std::chrono::seconds(1)}));
    ASSERT_TRUE(claimed && *claimed);
    ASSERT_TRUE(runtime::run_blocking(queue_.finish(core::lease_of(**claimed), "", clock_.wall())));
    take(event);
    EXPECT_TRUE(tasks().empty());
}

TEST_F(WebhookSinkTest, EventsThatAreNotCountedAreTakenEachByItsId) {
    auto one = event_of(core::EventKind::part_stored, 1);
    auto other = event_of(core::EventKind::part_stored, 2);
    one.sequence = other.sequence = 0;
    take(one);
    take(other);
    take(one);
    EXPECT_EQ(tasks().size(), 2U);
}

}  // namespace
}  // namespace slipway::adapters::webhook
