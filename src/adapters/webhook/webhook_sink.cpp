#include "adapters/webhook/webhook_sink.hpp"

#include <span>
#include <utility>

#include "adapters/webhook/cloud_event.hpp"

namespace slipway::adapters::webhook {

WebhookSink::WebhookSink(ports::TaskQueue& queue, ports::Clock& clock, ports::Random& random,
                         std::vector<Endpoint> endpoints, WebhookSinkOptions options)
    : queue_(queue),
      clock_(clock),
      random_(random),
      endpoints_(std::move(endpoints)),
      options_(std::move(options)) {}

Task<ports::TakenEvents> WebhookSink::take(std::vector<core::Event> events) {
    ports::TakenEvents taken;
    for (core::Event& event : events) {
        taken.rest = co_await take_one(std::move(event));
        if (!taken.rest) {
            break;
        }
        ++taken.count;
    }
    co_return taken;
}

Task<Result<>> WebhookSink::take_one(core::Event event) {
    for (const Endpoint& endpoint : endpoints_) {
        if (!endpoint.wants(event.kind)) {
            continue;
        }
        core::Delivery delivery{.endpoint = endpoint.name,
                                .event = event.id,
                                .subject = event.subject,
                                .sequence = event.sequence,
                                .traceparent = event.traceparent,
                                .body = cloud_event(event, options_.source)};
        if (auto enqueued = co_await enqueue(std::move(delivery)); !enqueued) {
            co_return enqueued;
        }
    }
    co_return Result<>();
}

// One that was taken over before may have been delivered already: its task is found by the key all
// the same.
Task<Result<>> WebhookSink::enqueue(core::Delivery delivery) {
    const auto key = core::delivery_key(delivery);
    const auto known = co_await queue_.find_by_key(key);
    if (known) {
        co_return Result<>();
    }
    if (known.error().code != Errc::not_found) {
        co_return std::unexpected(known.error());
    }
    TaskId::Bytes bytes{};
    random_.fill(std::as_writable_bytes(std::span(bytes)));
    core::NewTask wanted{.id = TaskId(bytes),
                         .kind = core::TaskKind::webhook,
                         .priority = core::TaskPriority::normal,
                         .subject = delivery.subject.to_string(),
                         .payload = core::encode_delivery(delivery),
                         .dedupe_key = key,
                         .created_at = clock_.wall(),
                         .not_before = std::nullopt,
                         .max_attempts = options_.max_attempts};
    const auto enqueued = co_await queue_.enqueue(std::move(wanted));
    co_return enqueued ? Result<>() : std::unexpected(enqueued.error());
}

}  // namespace slipway::adapters::webhook
