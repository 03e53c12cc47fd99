#include "api/admin/signing_key_door.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "api/problem.hpp"

namespace slipway::api::admin {

namespace json = boost::json;

namespace {

json::object record_of(const engine::RingKey& key) {
    json::object record;
    record["key_id"] = key.key.id;
    record["created_at"] = format_rfc3339(key.created_at);
    record["state"] = key.verifies_until ? "verifies" : "signs";
    record["verifies_until"] = key.verifies_until ? json::value(format_rfc3339(*key.verifies_until))
                                                  : json::value(nullptr);
    return record;
}

engine::RequestContext context_of(const http::Request& request,
                                  const engine::Principal& principal) {
    return {.request_id = request.request_id, .owner = principal.name()};
}

}  // namespace

Task<http::Response> SigningKeyDoor::list(http::Request&, engine::Principal) {
    json::array keys;
    for (const engine::RingKey& key : keys_.list()) {
        keys.push_back(record_of(key));
    }
    json::object answer;
    answer["keys"] = std::move(keys);
    co_return json_response(200, std::move(answer));
}

Task<http::Response> SigningKeyDoor::rotate(http::Request& request, engine::Principal principal) {
    const auto made = co_await keys_.rotate(context_of(request, principal));
    if (!made) {
        co_return refusal_response(made.error(), request.request_id);
    }
    co_return json_response(201, record_of(*made));
}

Task<http::Response> SigningKeyDoor::revoke(http::Request& request, engine::Principal principal,
                                            std::string id) {
    const auto revoked = co_await keys_.revoke(context_of(request, principal), std::move(id));
    if (!revoked) {
        co_return refusal_response(revoked.error(), request.request_id);
    }
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace slipway::api::admin
