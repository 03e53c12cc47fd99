#include "engine/events/upload_events.hpp"

#include <cstdint>
#include <span>
#include <utility>

namespace slipway::engine {

namespace {

core::Event stamped(World& world, core::EventKind kind, core::Event event,
                    const telemetry::TraceContext& trace) {
    EventId::Bytes bytes{};
    world.random.fill(std::as_writable_bytes(std::span(bytes)));
    event.id = EventId(bytes);
    event.kind = kind;
    event.time = world.clock.wall();
    if (trace) {
        event.traceparent = telemetry::format_traceparent(trace);
    }
    return event;
}

// Among the numbers from 0 to 1, without 1.
double uniform(ports::Random& random) {
    std::uint64_t bits = 0;
    random.fill(std::as_writable_bytes(std::span(&bits, 1)));
    return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

}  // namespace

std::optional<core::Event> event_of(World& world, core::EventKind kind, core::Upload& next,
                                    const telemetry::TraceContext& trace, std::string reason) {
    if (!world.options.publish_events) {
        return std::nullopt;
    }
    ++next.events;
    core::Event event = stamped(world, kind, core::describe(next), trace);
    event.reason = std::move(reason);
    return event;
}

std::optional<core::Event> completion_event(World& world, core::Upload& next, core::File& file,
                                            const telemetry::TraceContext& trace) {
    file.events = next.events;
    if (!world.options.publish_events) {
        return std::nullopt;
    }
    file.events = ++next.events;
    return stamped(world, core::EventKind::upload_completed, core::describe(file), trace);
}

std::optional<core::Event> deletion_event(World& world, const core::File& file,
                                          const telemetry::TraceContext& trace,
                                          std::string reason) {
    if (!world.options.publish_events) {
        return std::nullopt;
    }
    core::Event event = stamped(world, core::EventKind::file_deleted, core::describe(file), trace);
    ++event.sequence;
    event.reason = std::move(reason);
    return event;
}

std::optional<core::Event> part_event(World& world, const core::Upload& upload,
                                      const core::Part& part,
                                      const telemetry::TraceContext& trace) {
    const double sample = world.options.part_stored_sample;
    if (!world.options.publish_events || sample <= 0 || uniform(world.random) >= sample) {
        return std::nullopt;
    }
    return stamped(world, core::EventKind::part_stored, core::describe(upload, part), trace);
}

std::optional<core::Event> replication_event(World& world, const core::File& file,
                                             std::string storage_node,
                                             const telemetry::TraceContext& trace) {
    if (!world.options.publish_events) {
        return std::nullopt;
    }
    core::Event event =
        stamped(world, core::EventKind::file_replicated, core::describe(file), trace);
    event.sequence = 0;
    event.storage_node = std::move(storage_node);
    return event;
}

}  // namespace slipway::engine
