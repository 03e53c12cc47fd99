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

// This part of the upload is about to be recorded. Nothing for those that chance leaves out.
std::optional<core::Event> part_event(World& world, const core::Upload& upload,
                                      const core::Part& part, const telemetry::TraceContext& trace);
// A copy of the file in this store is about to be recorded. `trace`: of the request that made the
// file, where it is known.
std::optional<core::Event> replication_event(World& world, const core::File& file,
                                             std::string storage_node,
                                             const telemetry::TraceContext& trace);

}  // namespace slipway::engine
