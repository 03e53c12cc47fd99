#include "api/stages/access_log.hpp"

#include <algorithm>
#include <chrono>

#include "http/body.hpp"
#include "telemetry/log.hpp"

namespace slipway::api {

namespace {

constexpr std::size_t kMaxClientId = 64;

// An id that the client gave its request, for who looks for it: only what cannot mislead.
std::string_view client_id(const http::Headers& headers) {
    const auto id = headers.find("X-Request-Id").value_or("");
    const bool sane = id.size() <= kMaxClientId && std::ranges::all_of(id, [](char c) {
                          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                 (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
                      });
    return sane ? id : std::string_view();
}

}  // namespace

Task<http::Response> AccessLog::run(Exchange& exchange, Inner inner) {
    const auto begun = clock_.steady();
    http::Response response = co_await inner.run(exchange);
    const auto took = std::chrono::duration<double, std::milli>(clock_.steady() - begun);
    const http::Request& request = exchange.request;
    telemetry::log(telemetry::Level::info, "request",
                   {{"method", http::to_string(request.head.method)},
                    {"route", pattern_of(exchange)},
                    {"path", request.head.target.path},
                    {"status", std::uint64_t{response.status}},
                    {"bytes_in", request.body.received().value()},
                    {"bytes_out", http::length_of(response.body).value()},
                    {"duration_ms", took.count()},
                    {"principal", exchange.principal},
                    {"peer", request.peer},
                    {"rejected", exchange.rejection},
                    {"client_request_id", client_id(request.head.headers)},
                    {"request_id", request.request_id},
                    {"span_id", request.request_id.trace.span_id_text()}});
    co_return response;
}

}  // namespace slipway::api
