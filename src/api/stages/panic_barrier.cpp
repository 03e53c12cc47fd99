#include "api/stages/panic_barrier.hpp"

#include <exception>

#include "api/problem.hpp"
#include "telemetry/log.hpp"

namespace slipway::api {

Task<http::Response> PanicBarrier::run(Exchange& exchange, Inner inner) {
    std::string reason = "not a standard exception";
    try {
        co_return co_await inner.run(exchange);
    } catch (const std::exception& error) {
        reason = error.what();
    } catch (...) {
    }
    telemetry::log(telemetry::Level::error, "handler_failed",
                   {{"route", pattern_of(exchange)},
                    {"reason", reason},
                    {"request_id", exchange.request.request_id}});
    auto response = problem_response({.status = 500,
                                      .error = "internal",
                                      .title = "Internal error",
                                      .detail = "the server failed; it has logged why"},
                                     exchange.request.request_id);
    response.headers.set("Connection", "close");
    co_return response;
}

}  // namespace slipway::api
