// KeyDoor: the administrator's calls on API keys: issue, list, revoke.
#pragma once

#include "engine/access/key_ring.hpp"
#include "engine/world.hpp"
#include "http/router.hpp"

namespace slipway::api::admin {

class KeyDoor {
 public:
    KeyDoor(engine::World& world, engine::KeyRing& keys) : world_(world), keys_(keys) {}

    Task<http::Response> issue(http::Request& request, engine::Principal principal);
    Task<http::Response> list(http::Request& request, engine::Principal principal);
    Task<http::Response> revoke(http::Request& request, engine::Principal principal, KeyId id);

 private:
    engine::World& world_;
    engine::KeyRing& keys_;
};

}  // namespace slipway::api::admin
