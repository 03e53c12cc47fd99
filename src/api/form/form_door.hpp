// FormDoor: multipart/form-data uploads: what an HTML form and `curl -F` send. Every file becomes a
// temporary one, to be claimed by POST /files.
#pragma once

#include <variant>

#include "api/form_urls.hpp"
#include "engine/access/principal.hpp"
#include "engine/form_grant.hpp"
#include "engine/world.hpp"
#include "http/router.hpp"

namespace slipway::api::form {

// A key, or a URL signed for one form.
using FormProof = std::variant<engine::Principal, engine::FormGrant>;

class FormDoor {
 public:
    FormDoor(engine::World& world, const FormUrls& urls) : world_(world), urls_(urls) {}

    Task<http::Response> upload(http::Request& request, FormProof proof);
    // Makes a signed URL for one form.
    Task<http::Response> make_url(http::Request& request, engine::Principal principal);

 private:
    engine::World& world_;
    const FormUrls& urls_;
};

}  // namespace slipway::api::form
