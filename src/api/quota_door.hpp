// QuotaDoor: the calls on usage and quotas: everybody's own, and the administrator's on anybody's.
#pragma once

#include "core/api_key.hpp"
#include "engine/access/principal.hpp"
#include "engine/world.hpp"
#include "http/router.hpp"

namespace slipway::api {

class QuotaDoor {
 public:
    explicit QuotaDoor(engine::World& world) : world_(world) {}

    Task<http::Response> own(http::Request& request, engine::Principal principal);
    Task<http::Response> show(http::Request& request, core::PrincipalName of);
    Task<http::Response> set(http::Request& request, core::PrincipalName of);
    Task<http::Response> reset(http::Request& request, core::PrincipalName of);

 private:
    Task<http::Response> answer(http::Request& request, std::string principal);

    engine::World& world_;
};

}  // namespace slipway::api
