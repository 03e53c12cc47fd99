// DrainStage: a server that is shutting down takes nothing new; what only reads is still served.
#pragma once

#include "api/admin/health.hpp"
#include "api/stages/stage.hpp"

namespace slipway::api {

class DrainStage final : public Stage {
 public:
    explicit DrainStage(const admin::Health& health) : health_(health) {}
    Task<http::Response> run(Exchange& exchange, Inner inner) override;

 private:
    const admin::Health& health_;
};

}  // namespace slipway::api
