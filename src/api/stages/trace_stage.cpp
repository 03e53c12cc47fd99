#include "api/stages/trace_stage.hpp"

#include <utility>

namespace slipway::api {

namespace {

// Section 3.3.1 allows more than one field; their order is that of the members.
std::string tracestate_of(const http::Headers& headers) {
    std::string state;
    for (const auto& [name, value] : headers.lines()) {
        if (http::equals_ignoring_case(name, "tracestate")) {
            state += (state.empty() ? "" : ",") + value;
        }
    }
    return telemetry::is_tracestate(state) ? state : std::string();
}

}  // namespace

telemetry::TraceContext TraceStage::context_of(const http::Headers& headers) {
    const auto field = headers.find("traceparent");
    const bool single = field && headers.count("traceparent") == 1;
    auto context = single ? telemetry::parse_traceparent(*field) : std::nullopt;
    if (context) {
        context->state = tracestate_of(headers);
    } else {
        context.emplace();
        random_.fill(context->trace_id);
    }
    random_.fill(context->span_id);
    return *std::move(context);
}

Task<http::Response> TraceStage::run(Exchange& exchange, Inner inner) {
    auto& trace = exchange.request.request_id.trace;
    trace = context_of(exchange.request.head.headers);
    http::Response response = co_await inner.run(exchange);
    response.headers.set("traceparent", telemetry::format_traceparent(trace));
    co_return response;
}

}  // namespace slipway::api
