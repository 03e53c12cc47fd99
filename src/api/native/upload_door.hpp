// UploadDoor: the native API's calls on uploads. Each parses, calls one use case and maps its
// outcome.
#pragma once

#include "api/native/query.hpp"
#include "api/part_urls.hpp"
#include "engine/access/principal.hpp"
#include "engine/world.hpp"
#include "http/router.hpp"

namespace slipway::api::native {

class UploadDoor {
 public:
    UploadDoor(engine::World& world, const PartUrls& urls) : world_(world), urls_(urls) {}

    Task<http::Response> init(http::Request& request, engine::Principal principal);
    Task<http::Response> part_url(http::Request& request, engine::Principal principal, UploadId id);
    Task<http::Response> put_part(http::Request& request, engine::PartGrant grant);
    Task<http::Response> chunks(http::Request& request, engine::Principal principal);
    Task<http::Response> status(http::Request& request, engine::Principal principal, UploadId id);
    Task<http::Response> complete(http::Request& request, engine::Principal principal, UploadId id);
    Task<http::Response> abort(http::Request& request, engine::Principal principal, UploadId id);
    Task<http::Response> revoke_urls(http::Request& request, engine::Principal principal,
                                     UploadId id);
    Task<http::Response> list(http::Request& request, engine::Principal principal);

 private:
    Task<http::Response> direct_url(http::Request& request, core::Upload upload, PartQuery asked);

    engine::World& world_;
    const PartUrls& urls_;
};

}  // namespace slipway::api::native
