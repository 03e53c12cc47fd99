// AccessLog: one line for every request that reached the router, when its answer is ready. The path
// stands in it without its query, which may hold a signature.
#pragma once

#include "api/stages/stage.hpp"
#include "engine/world.hpp"

namespace slipway::api {

class AccessLog final : public Stage {
 public:
    explicit AccessLog(const ports::Clock& clock) : clock_(clock) {}
    Task<http::Response> run(Exchange& exchange, Inner inner) override;

 private:
    const ports::Clock& clock_;
};

}  // namespace slipway::api
