#include "api/service.hpp"

#include <chrono>
#include <utility>

#include "api/problem.hpp"
#include "telemetry/log.hpp"

namespace slipway::api {

namespace {

constexpr std::string_view kBearer = "Bearer ";

http::RouterFallbacks fallbacks() {
    return {.not_found =
                [](const http::Request& request) {
                    return problem_response(
                        {.status = 404, .error = "not_found", .title = "No such resource"},
                        request.request_id);
                },
            .method_not_allowed =
                [](const http::Request& request, const std::string& allowed) {
                    auto response = problem_response({.status = 405,
                                                      .error = "method_not_allowed",
                                                      .title = "Method is not allowed"},
                                                     request.request_id);
                    response.headers.add("Allow", allowed);
                    return response;
                }};
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

http::Response draining(const http::Request& request) {
    auto response = problem_response(
        {.status = 503, .error = "draining", .title = "The server is shutting down; try again"},
        request.request_id);
    response.headers.add("Retry-After", "2");
    return response;
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

bool changes_nothing(http::Method method) {
    return method == http::Method::get || method == http::Method::head;
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
      router_(fallbacks()) {
    add_native_routes();
    add_open_routes(metrics);
}

void Service::add_native_routes() {
    using http::Method;
    using Request = http::Request;
    using engine::Caller;
    with_key(Method::post, "/upload/init",
             [this](Request& r, Caller c) { return uploads_.init(r, std::move(c)); });
    with_key(Method::get, "/upload/chunks",
             [this](Request& r, Caller c) { return uploads_.chunks(r, std::move(c)); });
    with_key(Method::get, "/uploads",
             [this](Request& r, Caller c) { return uploads_.list(r, std::move(c)); });
    with_key(Method::get, "/files",
             [this](Request& r, Caller c) { return files_.list(r, std::move(c)); });
    with_key_and_id(Method::get, "/upload/{id}", [this](Request& r, Caller c, UploadId id) {
        return uploads_.status(r, std::move(c), id);
    });
    with_key_and_id(Method::delete_, "/upload/{id}", [this](Request& r, Caller c, UploadId id) {
        return uploads_.abort(r, std::move(c), id);
    });
    with_key_and_id(Method::get, "/upload/{id}/part", [this](Request& r, Caller c, UploadId id) {
        return uploads_.part_url(r, std::move(c), id);
    });
    with_key_and_id(Method::post, "/upload/{id}/complete",
                    [this](Request& r, Caller c, UploadId id) {
                        return uploads_.complete(r, std::move(c), id);
                    });
    with_key_and_id(Method::get, "/files/{id}", [this](Request& r, Caller c, UploadId id) {
        return files_.download(r, std::move(c), id);
    });
    with_key_and_id(Method::get, "/files/{id}/parts", [this](Request& r, Caller c, UploadId id) {
        return files_.parts(r, std::move(c), id);
    });
    with_key_and_id(Method::delete_, "/files/{id}", [this](Request& r, Caller c, UploadId id) {
        return files_.remove(r, std::move(c), id);
    });
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
    const std::function<Task<http::Response>(Request&, engine::Caller)>& call, Request& request) {
    auto caller = caller_of(request, keys);
    if (!caller) {
        co_return unauthorised(request);
    }
    co_return co_await call(request, std::move(*caller));
}

Task<http::Response> call_with_key_and_id(
    const engine::ApiKeys& keys,
    const std::function<Task<http::Response>(Request&, engine::Caller, UploadId)>& call,
    Request& request, http::RouteParameters parameters) {
    auto caller = caller_of(request, keys);
    if (!caller) {
        co_return unauthorised(request);
    }
    const auto id = UploadId::parse(parameters.find("id")->second);
    if (!id) {
        co_return unknown_id(request);
    }
    co_return co_await call(request, std::move(*caller), *id);
}

Task<http::Response> call_with_grant(native::UploadDoor& door, const PartUrls& urls,
                                     const ports::Clock& clock, Request& request) {
    auto grant = urls.verify(request.head, clock.wall());
    if (!grant) {
        co_return denied(grant.error(), request);
    }
    co_return co_await door.put_part(request, std::move(*grant));
}

Task<http::Response> call_open(const std::function<http::Response()>& call) {
    co_return call();
}

}  // namespace

void Service::note(http::Method method, std::string_view pattern, Access access) {
    routes_.push_back({{method, std::string(pattern)}, access});
}

// The handlers live in the router as long as the service, so the tasks may refer to them.
void Service::with_key(http::Method method, std::string_view pattern, ListCall call) {
    note(method, pattern, Access::api_key);
    auto shared = std::make_shared<const ListCall>(std::move(call));
    router_.add(method, pattern, [this, shared](Request& request, const http::RouteParameters&) {
        return call_with_key(keys_, *shared, request);
    });
}

void Service::with_key_and_id(http::Method method, std::string_view pattern, IdCall call) {
    note(method, pattern, Access::api_key);
    auto shared = std::make_shared<const IdCall>(std::move(call));
    router_.add(method, pattern,
                [this, shared](Request& request, http::RouteParameters parameters) {
                    return call_with_key_and_id(keys_, *shared, request, std::move(parameters));
                });
}

void Service::with_signed_url(http::Method method, std::string_view pattern) {
    note(method, pattern, Access::signed_url);
    router_.add(method, pattern, [this](Request& request, const http::RouteParameters&) {
        return call_with_grant(uploads_, urls_, world_.clock, request);
    });
}

void Service::open(http::Method method, std::string_view pattern,
                   std::function<http::Response()> call) {
    note(method, pattern, Access::open);
    auto shared = std::make_shared<const std::function<http::Response()>>(std::move(call));
    router_.add(method, pattern,
                [shared](Request&, const http::RouteParameters&) { return call_open(*shared); });
}

Task<http::Response> Service::handle(http::Request& request) {
    const auto begun = world_.clock.steady();
    const bool refused = health_.draining() && !changes_nothing(request.head.method);
    http::Response response;
    if (refused) {
        response = draining(request);
    } else {
        response = co_await router_.route(request);
    }
    const auto took = std::chrono::duration<double, std::milli>(world_.clock.steady() - begun);
    // The query is left out: it may hold a signature.
    telemetry::log(telemetry::Level::info, "request",
                   {{"method", http::to_string(request.head.method)},
                    {"path", request.head.target.path},
                    {"status", std::uint64_t{response.status}},
                    {"duration_ms", took.count()},
                    {"peer", request.peer},
                    {"request_id", request.request_id}});
    co_return response;
}

}  // namespace slipway::api
