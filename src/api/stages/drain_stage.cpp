#include "api/stages/drain_stage.hpp"

#include "api/problem.hpp"

namespace slipway::api {

Task<http::Response> DrainStage::run(Exchange& exchange, Inner inner) {
    const http::Method method = exchange.request.head.method;
    if (!health_.draining() || method == http::Method::get || method == http::Method::head) {
        co_return co_await inner.run(exchange);
    }
    exchange.rejection = "draining";
    auto response = problem_response(
        {.status = 503, .error = "draining", .title = "The server is shutting down; try again"},
        exchange.request.request_id);
    response.headers.add("Retry-After", "2");
    co_return response;
}

}  // namespace slipway::api
