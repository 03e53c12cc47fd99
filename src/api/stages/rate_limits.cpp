#include "api/stages/rate_limits.hpp"

#include <chrono>
#include <string>

#include "api/problem.hpp"

namespace slipway::api {

namespace {

using core::RateLimit;
using core::RateVerdict;

// The window is the time in which a whole quota comes back.
std::string policy_field(std::string_view name, const RateLimit& limit) {
    const auto window = std::max<std::uint64_t>(
        1, (std::uint64_t{limit.burst} + limit.per_second - 1) / limit.per_second);
    return '"' + std::string(name) + "\";q=" + std::to_string(limit.burst) +
           ";w=" + std::to_string(window);
}

std::int64_t retry_seconds(const RateVerdict& verdict) {
    return std::max<std::int64_t>(
        1, std::chrono::ceil<std::chrono::seconds>(verdict.retry_after).count());
}

http::Response too_often(Exchange& exchange, std::string_view policy, const RateLimit& limit,
                         const RateVerdict& verdict) {
    exchange.rejection = "rate_limited";
    const std::string seconds = std::to_string(retry_seconds(verdict));
    auto response = problem_response({.status = 429,
                                      .error = "rate_limited",
                                      .title = "Too many requests",
                                      .detail = "try again in " + seconds + " s"},
                                     exchange.request.request_id);
    response.headers.add("Retry-After", seconds);
    response.headers.add("RateLimit-Policy", policy_field(policy, limit));
    response.headers.add("RateLimit", '"' + std::string(policy) + "\";r=0;t=" + seconds);
    return response;
}

}  // namespace

Task<std::optional<http::Response>> RateLimits::hold_principal(Exchange& exchange) {
    const RateLimit& limit = throttle_.options().requests;
    if (limit.per_second == 0) {
        co_return std::nullopt;
    }
    const RateVerdict verdict = co_await throttle_.principal(exchange.principal);
    if (!verdict.allowed) {
        co_return too_often(exchange, "requests", limit, verdict);
    }
    exchange.answer_fields.add("RateLimit-Policy", policy_field("requests", limit));
    exchange.answer_fields.add("RateLimit", "\"requests\";r=" + std::to_string(verdict.remaining));
    co_return std::nullopt;
}

// Told only when it is met: a part's answer is the most frequent of all.
Task<std::optional<http::Response>> RateLimits::hold_part(Exchange& exchange) {
    const RateLimit& limit = throttle_.options().parts;
    if (limit.per_second == 0) {
        co_return std::nullopt;
    }
    const RateVerdict verdict = co_await throttle_.part(exchange.request.peer);
    if (!verdict.allowed) {
        co_return too_often(exchange, "parts", limit, verdict);
    }
    co_return std::nullopt;
}

Task<http::Response> RateLimits::hold_stranger(Exchange& exchange, http::Response refusal) {
    const RateLimit& limit = throttle_.options().requests;
    const RateVerdict verdict = co_await throttle_.stranger(exchange.request.peer);
    co_return verdict.allowed ? std::move(refusal) : too_often(exchange, "address", limit, verdict);
}

}  // namespace slipway::api
