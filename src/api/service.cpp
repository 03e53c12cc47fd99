#include "api/service.hpp"

#include <utility>

#include "api/problem.hpp"
#include "api/stages/access_log.hpp"
#include "api/stages/drain_stage.hpp"
#include "api/stages/panic_barrier.hpp"
#include "api/stages/trace_stage.hpp"

namespace slipway::api {

namespace {

constexpr std::string_view kBearer = "Bearer ";

http::Response no_route(const Exchange& exchange) {
    const auto& id = exchange.request.request_id;
    if (exchange.allowed.empty()) {
        return problem_response({.status = 404, .error = "not_found", .title = "No such resource"},
                                id);
    }
    auto response = problem_response(
        {.status = 405, .error = "method_not_allowed", .title = "Method is not allowed"}, id);
    response.headers.add("Allow", exchange.allowed);
    return response;
}

http::Response unauthorised(const http::Request& request) {
    auto response = problem_response({.status = 401,
                                      .error = "unauthorised",
                                      .title = "A valid API key is required",
                                      .detail = "send Authorization: Bearer KEY"},
                                     request.request_id);
    response.headers.add("WWW-Authenticate", "Bearer");
    return response;
}

http::Response denied(engine::Denial denial, const http::Request& request) {
    const bool expired = denial == engine::Denial::expired;
    return problem_response(
        {.status = 403,
         .error = expired ? "url_expired" : "invalid_signature",
         .title = expired ? "The URL has expired" : "The URL is not signed by this server"},
        request.request_id);
}

// One field, one scheme, one key.
std::optional<engine::Caller> caller_of(const http::Request& request, const engine::ApiKeys& keys) {
    const auto field = request.head.headers.find("Authorization");
    if (!field || request.head.headers.count("Authorization") != 1 ||
        field->size() < kBearer.size() ||
        !http::equals_ignoring_case(field->substr(0, kBearer.size()), kBearer)) {
        return std::nullopt;
    }
    return keys.authenticate(field->substr(kBearer.size()));
}

http::Response unknown_id(const http::Request& request) {
    const bool file =
        !request.head.target.segments.empty() && request.head.target.segments[0] == "files";
    const auto reason = file ? engine::Reason::file_not_found : engine::Reason::upload_not_found;
    return refusal_response({reason, "there is none with this id"}, request.request_id);
}

}  // namespace

Service::Service(engine::World& world, const engine::ApiKeys& keys, const PartUrls& urls,
                 admin::Health& health, telemetry::Metrics& metrics)
    : world_(world),
      keys_(keys),
      urls_(urls),
      health_(health),
      uploads_(world, urls),
      files_(world),
      chain_(stages(), [this](Exchange& exchange) { return dispatch(exchange); }) {
    add_native_routes();
    add_open_routes(metrics);
}

void Service::add_native_routes() {
    using http::Method;
    using Request = http::Request;
    using engine::Caller;
    with_key(
        Method::post, "/upload/init",
        [this](Request& r, Caller c) { return uploads_.init(r, std::move(c)); }, Urgency::creation);
    with_key(Method::get, "/upload/chunks",
             [this](Request& r, Caller c) { return uploads_.chunks(r, std::move(c)); });
    with_key(Method::get, "/uploads",
             [this](Request& r, Caller c) { return uploads_.list(r, std::move(c)); });
    with_key(Method::get, "/files",
             [this](Request& r, Caller c) { return files_.list(r, std::move(c)); });
    with_key_and_id(Method::get, "/upload/{id}", [this](Request& r, Caller c, UploadId id) {
        return uploads_.status(r, std::move(c), id);
    });
    with_key_and_id(
        Method::delete_, "/upload/{id}",
        [this](Request& r, Caller c, UploadId id) { return uploads_.abort(r, std::move(c), id); },
        Urgency::ending);
    with_key_and_id(Method::get, "/upload/{id}/part", [this](Request& r, Caller c, UploadId id) {
        return uploads_.part_url(r, std::move(c), id);
    });
    with_key_and_id(
        Method::post, "/upload/{id}/complete",
        [this](Request& r, Caller c, UploadId id) {
            return uploads_.complete(r, std::move(c), id);
        },
        Urgency::ending);
    with_key_and_id(Method::get, "/files/{id}", [this](Request& r, Caller c, UploadId id) {
        return files_.download(r, std::move(c), id);
    });
    with_key_and_id(Method::get, "/files/{id}/parts", [this](Request& r, Caller c, UploadId id) {
        return files_.parts(r, std::move(c), id);
    });
    with_key_and_id(
        Method::delete_, "/files/{id}",
        [this](Request& r, Caller c, UploadId id) { return files_.remove(r, std::move(c), id); },
        Urgency::ending);
    with_signed_url(Method::put, "/upload/{id}/part/{number}");
}

void Service::add_open_routes(telemetry::Metrics& metrics) {
    open(http::Method::get, "/livez", [this] { return health_.livez(); });
    open(http::Method::get, "/readyz", [this] { return health_.readyz(); });
    open(http::Method::get, "/metrics", [&metrics] {
        http::Response response;
        response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        response.body = metrics.expose();
        return response;
    });
}

namespace {

using Request = http::Request;

Task<http::Response> call_with_key(
    const engine::ApiKeys& keys,
    const std::function<Task<http::Response>(Request&, engine::Caller)>& call, Exchange& exchange) {
    auto caller = caller_of(exchange.request, keys);
    if (!caller) {
        co_return unauthorised(exchange.request);
    }
    exchange.principal = caller->owner();
    co_return co_await call(exchange.request, std::move(*caller));
}

Task<http::Response> call_with_key_and_id(
    const engine::ApiKeys& keys,
    const std::function<Task<http::Response>(Request&, engine::Caller, UploadId)>& call,
    Exchange& exchange) {
    auto caller = caller_of(exchange.request, keys);
    if (!caller) {
        co_return unauthorised(exchange.request);
    }
    exchange.principal = caller->owner();
    const auto id = UploadId::parse(exchange.parameters.find("id")->second);
    if (!id) {
        co_return unknown_id(exchange.request);
    }
    co_return co_await call(exchange.request, std::move(*caller), *id);
}

Task<http::Response> call_with_grant(native::UploadDoor& door, const PartUrls& urls,
                                     const ports::Clock& clock, Exchange& exchange) {
    auto grant = urls.verify(exchange.request.head, clock.wall());
    if (!grant) {
        co_return denied(grant.error(), exchange.request);
    }
    co_return co_await door.put_part(exchange.request, std::move(*grant));
}

Task<http::Response> call_open(const std::function<http::Response()>& call) {
    co_return call();
}

}  // namespace

void Service::add(Route route) {
    router_.add(route.method, route.pattern, routes_.size());
    routes_.push_back(std::move(route));
}

// The calls live in the routes as long as the service, so the tasks may refer to them.
void Service::with_key(http::Method method, std::string_view pattern, ListCall call,
                       Urgency urgency) {
    auto shared = std::make_shared<const ListCall>(std::move(call));
    add({method, std::string(pattern), Access::api_key, urgency,
         [this, shared](Exchange& exchange) { return call_with_key(keys_, *shared, exchange); }});
}

void Service::with_key_and_id(http::Method method, std::string_view pattern, IdCall call,
                              Urgency urgency) {
    auto shared = std::make_shared<const IdCall>(std::move(call));
    add({method, std::string(pattern), Access::api_key, urgency,
         [this, shared](Exchange& exchange) {
             return call_with_key_and_id(keys_, *shared, exchange);
         }});
}

void Service::with_signed_url(http::Method method, std::string_view pattern) {
    add({method, std::string(pattern), Access::signed_url, Urgency::part,
         [this](Exchange& exchange) {
             return call_with_grant(uploads_, urls_, world_.clock, exchange);
         }});
}

void Service::open(http::Method method, std::string_view pattern,
                   std::function<http::Response()> call) {
    auto shared = std::make_shared<const std::function<http::Response()>>(std::move(call));
    add({method, std::string(pattern), Access::open, Urgency::vital,
         [shared](Exchange&) { return call_open(*shared); }});
}

Stages Service::stages() {
    Stages stages;
    stages.push_back(std::make_unique<TraceStage>(world_.random));
    stages.push_back(std::make_unique<AccessLog>(world_.clock));
    stages.push_back(std::make_unique<PanicBarrier>());
    stages.push_back(std::make_unique<DrainStage>(health_));
    return stages;
}

Task<http::Response> Service::dispatch(Exchange& exchange) {
    http::Response response =
        exchange.route == nullptr ? no_route(exchange) : co_await exchange.route->call(exchange);
    co_return exchange.request.head.method == http::Method::head
        ? http::without_body(std::move(response))
        : std::move(response);
}

Task<http::Response> Service::handle(http::Request& request) {
    auto match = router_.match(request.head.method, request.head.target);
    Exchange exchange{.request = request,
                      .route = match.route ? &routes_[*match.route] : nullptr,
                      .parameters = std::move(match.parameters),
                      .allowed = std::move(match.allowed)};
    co_return co_await chain_.run(exchange);
}

}  // namespace slipway::api
