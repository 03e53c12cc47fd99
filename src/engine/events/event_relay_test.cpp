#include "engine/events/event_relay.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "adapters/memory/memory_catalog.hpp"
#include "runtime/run_blocking.hpp"
#include "support/failing_ports.hpp"

namespace slipway::engine {
namespace {

class NotingSink final : public ports::EventSink {
 public:
    std::string_view name() const override { return "noting"; }
    Task<ports::TakenEvents> take(std::vector<core::Event> events) override {
        ports::TakenEvents now;
        for (const core::Event& event : events) {
            if (refuse_from > 0 && event.sequence >= refuse_from) {
                now.rest = failure(Errc::unavailable, "away");
                break;
            }
            taken.push_back(event.sequence);
            ++now.count;
        }
        co_return now;
    }

    std::vector<std::uint32_t> taken;
    std::uint32_t refuse_from = 0;
};

// Uploads whose creation is event number 1 … count.
void fill(ports::Catalog& catalog, std::uint32_t count) {
    for (std::uint32_t number = 1; number <= count; ++number) {
        core::Upload upload;
        UploadId::Bytes bytes{};
        bytes[0] = static_cast<std::uint8_t>(number >> 8U);
        bytes[1] = static_cast<std::uint8_t>(number);
        upload.id = UploadId(bytes);
        core::Event event;
        event.sequence = number;
        ASSERT_TRUE(runtime::run_blocking(catalog.create_upload(upload, event)));
    }
}

std::vector<std::uint32_t> numbers(std::uint32_t first, std::uint32_t last) {
    std::vector<std::uint32_t> all;
    for (auto number = first; number <= last; ++number) {
        all.push_back(number);
    }
    return all;
}

Result<std::size_t> pass(EventRelay& relay, std::size_t sink) {
    return runtime::run_blocking(relay.pass(sink));
}

TEST(EventRelay, HandsEventsToEverySinkInOrderAndTakesThemOut) {
    adapters::memory::MemoryCatalog catalog;
    fill(catalog, 250);
    NotingSink one;
    NotingSink other;
    EventRelay relay(catalog, {&one, &other}, std::chrono::seconds(1));
    std::size_t rings = 0;
    relay.on_taken = [&rings] { ++rings; };
    while (pass(relay, 0).value() + pass(relay, 1).value() > 0) {
    }
    EXPECT_EQ(one.taken, numbers(1, 250));
    EXPECT_EQ(other.taken, numbers(1, 250));
    EXPECT_EQ(catalog.events_waiting(), 0U);
    EXPECT_EQ(rings, 6U);
}

TEST(EventRelay, ASinkThatIsAwayHoldsNoOtherUpAndMissesNothing) {
    adapters::memory::MemoryCatalog catalog;
    fill(catalog, 250);
    NotingSink one;
    NotingSink away;
    away.refuse_from = 2;
    EventRelay relay(catalog, {&one, &away}, std::chrono::seconds(1));
    for (int passes = 0; passes < 4; ++passes) {
        EXPECT_FALSE(pass(relay, 1));
        EXPECT_TRUE(pass(relay, 0));
    }
    EXPECT_EQ(one.taken, numbers(1, 250));
    EXPECT_EQ(away.taken, numbers(1, 1));
    EXPECT_EQ(catalog.events_waiting(), 249U) << "what one sink has not taken stays";
    away.refuse_from = 0;
    while (pass(relay, 1).value() > 0) {
    }
    EXPECT_EQ(away.taken, numbers(1, 250));
    EXPECT_EQ(one.taken, numbers(1, 250)) << "it is not told again";
    EXPECT_EQ(catalog.events_waiting(), 0U);
}

// Every call of the relay fails once, before or after its effect: none is lost, and a sink that
// takes each event once sees each.
TEST(EventRelay, LosesNothingWhicheverCallFails) {
    for (const auto moment : {testing::FaultMoment::before, testing::FaultMoment::after}) {
        bool fired = true;
        for (int at = 1; fired; ++at) {
            adapters::memory::MemoryCatalog memory;
            fill(memory, 120);
            testing::Faults faults{.moment = moment, .at = at};
            testing::FailingCatalog catalog(memory, faults);
            NotingSink sink;
            EventRelay relay(catalog, {&sink}, std::chrono::seconds(1));
            for (int passes = 0; passes < 10; ++passes) {
                static_cast<void>(pass(relay, 0));
            }
            fired = faults.fired();
            std::ranges::sort(sink.taken);
            const auto repeated = std::ranges::unique(sink.taken);
            sink.taken.erase(repeated.begin(), repeated.end());
            EXPECT_EQ(sink.taken, numbers(1, 120)) << at;
            EXPECT_EQ(memory.events_waiting(), 0U) << at;
        }
    }
}

}  // namespace
}  // namespace slipway::engine
