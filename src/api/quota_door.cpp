#include "api/quota_door.hpp"

#include <utility>

#include "api/problem.hpp"
#include "api/quota_requests.hpp"
#include "engine/access/quotas.hpp"

namespace slipway::api {

namespace {

constexpr ByteCount kMaxBody = 16_KiB;

}  // namespace

Task<http::Response> QuotaDoor::answer(http::Request& request, std::string principal) {
    const auto status = co_await engine::Quotas(world_).status(
        {.request_id = request.request_id, .owner = {}}, principal);
    if (!status) {
        co_return refusal_response(status.error(), request.request_id);
    }
    co_return json_response(200, quota_status_record(principal, *status));
}

Task<http::Response> QuotaDoor::own(http::Request& request, engine::Principal principal) {
    co_return co_await answer(request, principal.name());
}

Task<http::Response> QuotaDoor::show(http::Request& request, core::PrincipalName of) {
    co_return co_await answer(request, of.text);
}

Task<http::Response> QuotaDoor::set(http::Request& request, core::PrincipalName of) {
    const auto body = co_await request.body.read_all(kMaxBody);
    if (!body) {
        co_return body_error_response(body.error(), request.request_id);
    }
    const auto quota = parse_quota(*body);
    if (!quota) {
        co_return fault_response(quota.error(), request.request_id);
    }
    const auto written = co_await engine::Quotas(world_).set(
        {.request_id = request.request_id, .owner = {}}, of.text, *quota);
    if (!written) {
        co_return refusal_response(written.error(), request.request_id);
    }
    co_return co_await answer(request, of.text);
}

Task<http::Response> QuotaDoor::reset(http::Request& request, core::PrincipalName of) {
    const auto written = co_await engine::Quotas(world_).set(
        {.request_id = request.request_id, .owner = {}}, of.text, std::nullopt);
    if (!written) {
        co_return refusal_response(written.error(), request.request_id);
    }
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace slipway::api
