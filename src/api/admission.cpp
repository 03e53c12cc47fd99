#include "api/admission.hpp"

#include <optional>
#include <string>
#include <utility>

#include "api/problem.hpp"

namespace slipway::api {

namespace {

constexpr std::string_view kBearer = "Bearer ";

http::Response unauthorised(const http::Request& request) {
    auto response = problem_response({.status = 401,
                                      .error = "unauthorised",
                                      .title = "A valid API key is required",
                                      .detail = "send Authorization: Bearer KEY"},
                                     request.request_id);
    response.headers.add("WWW-Authenticate", "Bearer");
    return response;
}

http::Response forbidden(core::Scope needed, const http::Request& request) {
    boost::json::object extra;
    extra["scope"] = core::to_string(needed);
    return problem_response(
        {.status = 403,
         .error = "forbidden",
         .title = "The API key does not allow this",
         .detail = "the key lacks the scope " + std::string(core::to_string(needed)),
         .extra = std::move(extra)},
        request.request_id);
}

// One field, one scheme, one key.
std::optional<engine::Principal> principal_of(const http::Request& request,
                                              const engine::KeyRing& keys) {
    const auto field = request.head.headers.find("Authorization");
    if (!field || request.head.headers.count("Authorization") != 1 ||
        field->size() < kBearer.size() ||
        !http::equals_ignoring_case(field->substr(0, kBearer.size()), kBearer)) {
        return std::nullopt;
    }
    return keys.verify(field->substr(kBearer.size()));
}

}  // namespace

std::expected<engine::Principal, http::Response> admit(const engine::KeyRing& keys,
                                                       core::Scope scope, Exchange& exchange) {
    auto principal = principal_of(exchange.request, keys);
    if (!principal) {
        return std::unexpected(unauthorised(exchange.request));
    }
    exchange.principal = principal->name();
    if (!principal->may(scope)) {
        return std::unexpected(forbidden(scope, exchange.request));
    }
    return std::move(*principal);
}

}  // namespace slipway::api
