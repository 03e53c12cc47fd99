// TraceStage: takes the request's place in the client's trace, or begins a trace, and answers it in
// the field traceparent. What does not parse is as if it were not there.
#pragma once

#include "api/stages/stage.hpp"
#include "engine/world.hpp"

namespace slipway::api {

class TraceStage final : public Stage {
 public:
    explicit TraceStage(ports::Random& random) : random_(random) {}
    Task<http::Response> run(Exchange& exchange, Inner inner) override;

 private:
    telemetry::TraceContext context_of(const http::Headers& headers);

    ports::Random& random_;
};

}  // namespace slipway::api
