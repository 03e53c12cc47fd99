#include "adapters/kafka/kafka_event_sink.hpp"

#include <set>
#include <utility>
#include <vector>

#include "adapters/kafka/event_message.hpp"

namespace slipway::adapters::kafka {

namespace {

constexpr std::string_view kName = "slipway_kafka_events_total";
constexpr std::string_view kHelp = "Events handed to Kafka, by what became of it.";

// So many of the first events that no upload has two among them.
std::size_t length_of_run(std::span<const core::Event> events) {
    std::set<UploadId> uploads;
    std::size_t length = 0;
    while (length < events.size() && uploads.insert(events[length].subject).second) {
        ++length;
    }
    return length;
}

}  // namespace

KafkaEventMetrics::KafkaEventMetrics(telemetry::Metrics& registry)
    : delivered(registry.counter(kName, kHelp, "outcome=\"delivered\"")),
      failed(registry.counter(kName, kHelp, "outcome=\"failed\"")) {}

KafkaEventSink::KafkaEventSink(MessageSender& sender, KafkaEventMetrics& metrics, std::string topic,
                               std::string source)
    : sender_(sender), metrics_(metrics), topic_(std::move(topic)), source_(std::move(source)) {}

Task<ports::TakenEvents> KafkaEventSink::take(std::vector<core::Event> events) {
    ports::TakenEvents taken;
    while (taken.count < events.size() && taken.rest) {
        const auto left = std::span(events).subspan(taken.count);
        auto run = co_await send(left.first(length_of_run(left)));
        taken.count += run.count;
        taken.rest = std::move(run.rest);
    }
    co_return taken;
}

// All of them at once; those behind one that failed come again.
Task<ports::TakenEvents> KafkaEventSink::send(std::span<const core::Event> events) {
    std::vector<runtime::OneShot<Result<>>> outcomes;
    for (const core::Event& event : events) {
        outcomes.push_back(sender_.send(event_message(event, source_, topic_)));
    }
    ports::TakenEvents taken;
    for (const auto& outcome : outcomes) {
        auto sent = co_await outcome.wait();
        (sent ? metrics_.delivered : metrics_.failed).add();
        if (sent && taken.rest) {
            ++taken.count;
        } else if (taken.rest) {
            taken.rest = std::move(sent);
        }
    }
    co_return taken;
}

}  // namespace slipway::adapters::kafka
