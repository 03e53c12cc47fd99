// DrDoor: the administrator's calls on the copies in the store for disaster recovery
// (docs/stores.md).
#pragma once

#include "engine/copies/disaster_recovery.hpp"
#include "engine/world.hpp"
#include "http/server.hpp"

namespace slipway::api::admin {

class DrDoor {
 public:
    explicit DrDoor(engine::World& world) : recovery_(world) {}

    Task<http::Response> status(http::Request& request);
    Task<http::Response> verify(http::Request& request);
    Task<http::Response> fail_over(http::Request& request);

 private:
    engine::DisasterRecovery recovery_;
};

}  // namespace slipway::api::admin
