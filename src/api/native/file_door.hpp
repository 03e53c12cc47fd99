// FileDoor: the native API's calls on files: list, download, digests, claim, delete.
#pragma once

#include "engine/access/principal.hpp"
#include "engine/world.hpp"
#include "http/router.hpp"

namespace slipway::api::native {

class FileDoor {
 public:
    explicit FileDoor(engine::World& world) : world_(world) {}

    Task<http::Response> list(http::Request& request, engine::Principal principal);
    Task<http::Response> download(http::Request& request, engine::Principal principal, UploadId id);
    Task<http::Response> parts(http::Request& request, engine::Principal principal, UploadId id);
    // Makes a temporary file a lasting one.
    Task<http::Response> claim(http::Request& request, engine::Principal principal);
    Task<http::Response> remove(http::Request& request, engine::Principal principal, UploadId id);

 private:
    engine::World& world_;
};

}  // namespace slipway::api::native
