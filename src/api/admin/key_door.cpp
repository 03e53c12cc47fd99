#include "api/admin/key_door.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "api/admin/key_requests.hpp"
#include "api/page_query.hpp"
#include "api/problem.hpp"
#include "engine/access/quotas.hpp"

namespace slipway::api::admin {

namespace json = boost::json;

namespace {

constexpr ByteCount kMaxBody = 16_KiB;

json::value time_or_null(const std::optional<WallTime>& time) {
    return time ? json::value(format_rfc3339(*time)) : json::value(nullptr);
}

json::object key_record(const core::ApiKey& key) {
    json::array scopes;
    for (const core::Scope scope : core::kAllScopes) {
        if (key.scopes.contains(scope)) {
            scopes.push_back(json::value(core::to_string(scope)));
        }
    }
    json::object record;
    record["key_id"] = key.id.to_string();
    record["principal"] = key.principal;
    record["scopes"] = std::move(scopes);
    record["created_at"] = format_rfc3339(key.created_at);
    record["expires_at"] = time_or_null(key.expires_at);
    record["last_used_at"] = time_or_null(key.last_used_at);
    record["revoked_at"] = time_or_null(key.revoked_at);
    return record;
}

}  // namespace

Task<http::Response> KeyDoor::issue(http::Request& request, engine::Principal) {
    const auto body = co_await request.body.read_all(kMaxBody);
    if (!body) {
        co_return body_error_response(body.error(), request.request_id);
    }
    auto wanted = parse_new_key(*body);
    if (!wanted) {
        co_return fault_response(wanted.error(), request.request_id);
    }
    // A crash after this leaves a quota without a key, which harms nobody.
    if (wanted->quota) {
        const auto set = co_await engine::Quotas(world_).set(
            {.request_id = request.request_id, .owner = {}}, wanted->key.principal, wanted->quota);
        if (!set) {
            co_return refusal_response(set.error(), request.request_id);
        }
    }
    const auto issued = co_await keys_.issue(request.request_id, std::move(wanted->key));
    if (!issued) {
        co_return refusal_response(issued.error(), request.request_id);
    }
    json::object answer = key_record(issued->key);
    answer["key"] = issued->text;
    co_return json_response(201, std::move(answer));
}

Task<http::Response> KeyDoor::list(http::Request& request, engine::Principal) {
    const auto page = parse_page_query(request.head.target);
    if (!page) {
        co_return fault_response(page.error(), request.request_id);
    }
    const auto after = page->after ? KeyId::parse(*page->after) : std::nullopt;
    if (page->after && !after) {
        co_return invalid_member("after", "must be an id", request.request_id);
    }
    const auto found = keys_.list({.after = after, .limit = page->limit});
    json::array keys;
    for (const core::ApiKey& key : found.items) {
        keys.push_back(key_record(key));
    }
    json::object answer;
    answer["keys"] = std::move(keys);
    answer["next"] = found.next ? json::value(found.next->to_string()) : json::value(nullptr);
    co_return json_response(200, std::move(answer));
}

Task<http::Response> KeyDoor::revoke(http::Request& request, engine::Principal, KeyId id) {
    const auto revoked = co_await keys_.revoke(request.request_id, id);
    if (!revoked) {
        co_return refusal_response(revoked.error(), request.request_id);
    }
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace slipway::api::admin
