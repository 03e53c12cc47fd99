// The events of uploads and files, made where the change that they tell of is made: each counts
// itself in the record that is written with it. Where nobody listens there are none.
#pragma once

#include <optional>
#include <string>

#include "core/event.hpp"
#include "engine/world.hpp"
#include "telemetry/trace_context.hpp"

namespace slipway::engine {

// `next` is the upload's record as it is about to be written.
std::optional<core::Event> event_of(World& world, core::EventKind kind, core::Upload& next,
                                    const telemetry::TraceContext& trace, std::string reason = {});
// The upload becomes this file.
std::optional<core::Event> completion_event(World& world, core::Upload& next, core::File& file,
                                            const telemetry::TraceContext& trace);
// The file's record is about to be removed.
std::optional<core::Event> deletion_event(World& world, const core::File& file,
                                          const telemetry::TraceContext& trace,
                                          std::string reason = {});

}  // namespace slipway::engine
