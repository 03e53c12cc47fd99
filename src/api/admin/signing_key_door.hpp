// SigningKeyDoor: the administrator's calls on the keys of signed URLs. No answer holds a secret.
#pragma once

#include "engine/access/key_ring.hpp"
#include "engine/signing_keys.hpp"
#include "http/server.hpp"

namespace slipway::api::admin {

class SigningKeyDoor {
 public:
    // The keys outlive it.
    explicit SigningKeyDoor(engine::SigningKeys& keys) : keys_(keys) {}

    Task<http::Response> list(http::Request& request, engine::Principal principal);
    Task<http::Response> rotate(http::Request& request, engine::Principal principal);
    Task<http::Response> revoke(http::Request& request, engine::Principal principal,
                                std::string id);

 private:
    engine::SigningKeys& keys_;
};

}  // namespace slipway::api::admin
