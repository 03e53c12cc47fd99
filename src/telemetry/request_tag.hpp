// RequestTag: what names a request in log lines and in what it leads to: its id, and the trace that
// it is part of.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "telemetry/trace_context.hpp"

namespace slipway::telemetry {

struct RequestTag {
    RequestTag() = default;
    // A request, or work that is none, outside any trace. Not explicit: an id alone is enough.
    RequestTag(std::string name) : id(std::move(name)) {}
    RequestTag(std::string_view name) : id(name) {}
    RequestTag(const char* name) : id(name) {}

    operator const std::string&() const { return id; }

    std::string id;
    TraceContext trace;
};

}  // namespace slipway::telemetry
