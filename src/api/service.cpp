#include "api/service.hpp"

#include <algorithm>
#include <utility>

#include "api/admission.hpp"
#include "api/problem.hpp"
#include "api/stages/access_log.hpp"
#include "api/stages/drain_stage.hpp"
#include "api/stages/load_stage.hpp"
#include "api/stages/panic_barrier.hpp"
#include "api/stages/peer_stage.hpp"
#include "api/stages/request_metrics.hpp"
#include "api/stages/trace_stage.hpp"

namespace slipway::api {

namespace {

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

http::Response denied(engine::Denial denial, const http::Request& request) {
    const bool expired = denial == engine::Denial::expired;
    return problem_response(
        {.status = 403,
         .error = expired ? "url_expired" : "invalid_signature",
         .title = expired ? "The URL has expired" : "The URL is not signed by this server"},
        request.request_id);
}

// An id of another form than ids have is answered as one that nobody has.
http::Response unknown_id(const http::Request& request) {
    const auto& segments = request.head.target.segments;
    if (segments.size() > 1 && segments[1] == "quotas") {
        return invalid_member("principal", "is no name of a principal", request.request_id);
    }
    const std::string_view first = segments.empty() ? "" : std::string_view(segments[0]);
    auto reason = engine::Reason::upload_not_found;
    std::string detail = "there is no such upload";
    if (first == "files") {
        reason = engine::Reason::file_not_found;
        detail = "there is no such file";
    } else if (first == "admin" && segments[1] == "dead-letters") {
        return admin::no_dead_letter(request);
    } else if (first == "admin") {
        reason = engine::Reason::key_not_found;
        detail = "there is no such key";
    }
    return refusal_response({reason, std::move(detail)}, request.request_id);
}

}  // namespace

Service::Service(engine::World& world, engine::KeyRing& keys, const PartUrls& urls,
                 const FormUrls& form_urls, admin::Health& health, telemetry::Metrics& metrics,
                 engine::Throttle& throttle, engine::SigningKeys& signing_keys,
                 ServiceOptions options)
    : world_(world),
      keys_(keys),
      urls_(urls),
      form_urls_(form_urls),
      health_(health),
      uploads_(world, urls),
      files_(world),
      key_door_(world, keys),
      dead_letters_(world),
      dr_(world),
      signing_key_door_(signing_keys),
      quotas_(world),
      forms_(world, form_urls),
      limits_(throttle),
      options_(std::move(options)) {
    add_upload_routes();
    add_file_routes();
    add_admin_routes();
    add_open_routes(metrics);
    metrics.gauge("slipway_requests_in_flight", "Requests being handled, health not counted.",
                  [this] { return static_cast<double>(in_flight_.load()); });
    // Last: stages refer to the routes.
    chain_.emplace(stages(metrics), [this](Exchange& exchange) { return dispatch(exchange); });
    gate_.emplace(
        PartGate::Means{.world = world_,
                        .health = health_,
                        .metrics = *request_metrics_,
                        .route = *std::ranges::find(routes_, Urgency::part, &Route::urgency),
                        .requests = in_flight_,
                        .most_requests = options_.max_requests});
}

void Service::add_upload_routes() {
    using http::Method;
    using Request = http::Request;
    using engine::Principal;
    constexpr Need kOrdinary{.scope = core::Scope::upload};
    constexpr Need kEnding{.scope = core::Scope::upload, .urgency = Urgency::ending};
    with_key(Method::post, "/upload/init",
             {.scope = core::Scope::upload, .urgency = Urgency::creation},
             [this](Request& r, Principal p) { return uploads_.init(r, std::move(p)); });
    with_key(Method::get, "/upload/chunks", kOrdinary,
             [this](Request& r, Principal p) { return uploads_.chunks(r, std::move(p)); });
    with_key(Method::get, "/usage", kOrdinary,
             [this](Request& r, Principal p) { return quotas_.own(r, std::move(p)); });
    with_key(Method::get, "/uploads", kOrdinary,
             [this](Request& r, Principal p) { return uploads_.list(r, std::move(p)); });
    with_key_and_id<UploadId>(Method::get, "/upload/{id}", kOrdinary,
                              [this](Request& r, Principal p, UploadId id) {
                                  return uploads_.status(r, std::move(p), id);
                              });
    with_key_and_id<UploadId>(Method::post, "/upload/{id}/revoke-urls", kEnding,
                              [this](Request& r, Principal p, UploadId id) {
                                  return uploads_.revoke_urls(r, std::move(p), id);
                              });
    with_key_and_id<UploadId>(Method::delete_, "/upload/{id}", kEnding,
                              [this](Request& r, Principal p, UploadId id) {
                                  return uploads_.abort(r, std::move(p), id);
                              });
    with_key_and_id<UploadId>(Method::get, "/upload/{id}/part", kOrdinary,
                              [this](Request& r, Principal p, UploadId id) {
                                  return uploads_.part_url(r, std::move(p), id);
                              });
    with_key_and_id<UploadId>(Method::post, "/upload/{id}/complete", kEnding,
                              [this](Request& r, Principal p, UploadId id) {
                                  return uploads_.complete(r, std::move(p), id);
                              });
    with_key(Method::post, "/upload/form-url", kOrdinary,
             [this](Request& r, Principal p) { return forms_.make_url(r, std::move(p)); });
    with_form_proof(Method::post, "/upload",
                    {.scope = core::Scope::upload, .urgency = Urgency::creation});
    with_signed_url(Method::put, "/upload/{id}/part/{number}");
}

void Service::add_file_routes() {
    using http::Method;
    using Request = http::Request;
    using engine::Principal;
    constexpr Need kRead{.scope = core::Scope::read};
    with_key(Method::get, "/files", kRead,
             [this](Request& r, Principal p) { return files_.list(r, std::move(p)); });
    with_key(Method::post, "/files", {.scope = core::Scope::upload},
             [this](Request& r, Principal p) { return files_.claim(r, std::move(p)); });
    with_key_and_id<UploadId>(Method::get, "/files/{id}", kRead,
                              [this](Request& r, Principal p, UploadId id) {
                                  return files_.download(r, std::move(p), id);
                              });
    with_key_and_id<UploadId>(
        Method::get, "/files/{id}/parts", kRead,
        [this](Request& r, Principal p, UploadId id) { return files_.parts(r, std::move(p), id); });
    with_key_and_id<UploadId>(Method::delete_, "/files/{id}",
                              {.scope = core::Scope::remove, .urgency = Urgency::ending},
                              [this](Request& r, Principal p, UploadId id) {
                                  return files_.remove(r, std::move(p), id);
                              });
}

void Service::add_admin_routes() {
    using http::Method;
    using Request = http::Request;
    using engine::Principal;
    // An administrator has to get in when the server is busy.
    constexpr Need kAdmin{.scope = core::Scope::admin, .urgency = Urgency::ending};
    with_key(Method::post, "/admin/keys", kAdmin,
             [this](Request& r, Principal p) { return key_door_.issue(r, std::move(p)); });
    with_key(Method::get, "/admin/keys", kAdmin,
             [this](Request& r, Principal p) { return key_door_.list(r, std::move(p)); });
    with_key_and_id<KeyId>(Method::delete_, "/admin/keys/{id}", kAdmin,
                           [this](Request& r, Principal p, KeyId id) {
                               return key_door_.revoke(r, std::move(p), id);
                           });
    with_key(Method::get, "/admin/signing-keys", kAdmin,
             [this](Request& r, Principal p) { return signing_key_door_.list(r, std::move(p)); });
    with_key(Method::post, "/admin/signing-keys", kAdmin,
             [this](Request& r, Principal p) { return signing_key_door_.rotate(r, std::move(p)); });
    with_key_and_id<std::string>(Method::delete_, "/admin/signing-keys/{id}", kAdmin,
                                 [this](Request& r, Principal p, std::string id) {
                                     return signing_key_door_.revoke(r, std::move(p),
                                                                     std::move(id));
                                 });
    with_key(Method::get, "/admin/dead-letters", kAdmin,
             [this](Request& r, Principal) { return dead_letters_.list(r); });
    with_key(Method::post, "/admin/dead-letters/retry", kAdmin,
             [this](Request& r, Principal) { return dead_letters_.retry_all(r); });
    with_key_and_id<TaskId>(
        Method::post, "/admin/dead-letters/{id}/retry", kAdmin,
        [this](Request& r, Principal, TaskId id) { return dead_letters_.retry(r, id); });
    with_key(Method::get, "/admin/dr", kAdmin,
             [this](Request& r, Principal) { return dr_.status(r); });
    with_key(Method::post, "/admin/dr/verify", kAdmin,
             [this](Request& r, Principal) { return dr_.verify(r); });
    with_key(Method::post, "/admin/dr/fail-over", kAdmin,
             [this](Request& r, Principal) { return dr_.fail_over(r); });
    using core::PrincipalName;
    with_key_and_id<PrincipalName>(Method::get, "/admin/quotas/{id}", kAdmin,
                                   [this](Request& r, const Principal&, PrincipalName of) {
                                       return quotas_.show(r, std::move(of));
                                   });
    with_key_and_id<PrincipalName>(Method::put, "/admin/quotas/{id}", kAdmin,
                                   [this](Request& r, const Principal&, PrincipalName of) {
                                       return quotas_.set(r, std::move(of));
                                   });
    with_key_and_id<PrincipalName>(Method::delete_, "/admin/quotas/{id}", kAdmin,
                                   [this](Request& r, const Principal&, PrincipalName of) {
                                       return quotas_.reset(r, std::move(of));
                                   });
}

void Service::add_open_routes(telemetry::Metrics& metrics) {
    open(http::Method::get, "/livez", [this] { return health_.livez(); });
    open(http::Method::get, "/readyz", [this] { return health_.readyz(); });
    open(http::Method::get, "/startupz", [this] { return health_.startupz(); });
    open(http::Method::get, "/metrics", [&metrics] {
        http::Response response;
        response.headers.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        response.body = metrics.expose();
        return response;
    });
}

namespace {

using Request = http::Request;

// The right comes first: whoever proves none is counted by address, whoever proves one by name.
// Nothing: the request may go on, and `principal` holds a value.
Task<std::optional<http::Response>> refuse_or_hold(
    RateLimits& limits, Exchange& exchange,
    std::expected<engine::Principal, http::Response>& principal) {
    if (!principal && exchange.principal.empty()) {
        co_return co_await limits.hold_stranger(exchange, std::move(principal.error()));
    }
    auto held = co_await limits.hold_principal(exchange);
    if (!held && !principal) {
        held = std::move(principal.error());
    }
    co_return held;
}

Task<http::Response> call_with_key(
    const engine::KeyRing& keys, core::Scope scope, RateLimits& limits,
    const std::function<Task<http::Response>(Request&, engine::Principal)>& call,
    Exchange& exchange) {
    auto principal = admit(keys, scope, exchange);
    if (auto refusal = co_await refuse_or_hold(limits, exchange, principal)) {
        co_return *std::move(refusal);
    }
    co_return co_await call(exchange.request, std::move(*principal));
}

template <class Id>
std::optional<Id> parse_id(const std::string& text) {
    return Id::parse(text);
}
template <>
std::optional<std::string> parse_id(const std::string& text) {
    return text;
}

template <class Id>
Task<http::Response> call_with_key_and_id(
    const engine::KeyRing& keys, core::Scope scope, RateLimits& limits,
    const std::function<Task<http::Response>(Request&, engine::Principal, Id)>& call,
    Exchange& exchange) {
    auto principal = admit(keys, scope, exchange);
    if (auto refusal = co_await refuse_or_hold(limits, exchange, principal)) {
        co_return *std::move(refusal);
    }
    auto id = parse_id<Id>(exchange.parameters.find("id")->second);
    if (!id) {
        co_return unknown_id(exchange.request);
    }
    co_return co_await call(exchange.request, std::move(*principal), *std::move(id));
}

Task<http::Response> call_with_grant(native::UploadDoor& door, const PartUrls& urls,
                                     const ports::Clock& clock, RateLimits& limits,
                                     Exchange& exchange) {
    auto grant = urls.verify(exchange.request.head, clock.wall());
    if (!grant) {
        co_return co_await limits.hold_stranger(exchange, denied(grant.error(), exchange.request));
    }
    if (auto held = co_await limits.hold_part(exchange)) {
        co_return *std::move(held);
    }
    co_return co_await door.put_part(exchange.request, std::move(*grant));
}

// A query stands for a signature, and then no key is looked at.
Task<http::Response> call_with_form_url(form::FormDoor& door, const FormUrls& urls,
                                        const ports::Clock& clock, RateLimits& limits,
                                        Exchange& exchange) {
    auto grant = urls.verify(exchange.request.head, clock.wall());
    if (!grant) {
        co_return co_await limits.hold_stranger(exchange, denied(grant.error(), exchange.request));
    }
    exchange.principal = grant->owner();
    if (auto held = co_await limits.hold_part(exchange)) {
        co_return *std::move(held);
    }
    co_return co_await door.upload(exchange.request, std::move(*grant));
}

Task<http::Response> call_open(const std::function<http::Response()>& call) {
    co_return call();
}

}  // namespace

void Service::add(Route route) {
    const bool inner = route.access == Access::open || route.pattern.starts_with("/admin/");
    route.side = inner ? Side::inner : Side::outer;
    router_.add(route.method, route.pattern, routes_.size());
    routes_.push_back(std::move(route));
}

// The calls live in the routes as long as the service, so the tasks may refer to them.
void Service::with_key(http::Method method, std::string_view pattern, Need need, Call call) {
    auto shared = std::make_shared<const Call>(std::move(call));
    add({method, std::string(pattern), Access::api_key, need.urgency,
         [this, scope = need.scope, shared](Exchange& exchange) {
             return call_with_key(keys_, scope, limits_, *shared, exchange);
         },
         need.scope});
}

template <class Id>
void Service::with_key_and_id(http::Method method, std::string_view pattern, Need need,
                              IdCall<Id> call) {
    auto shared = std::make_shared<const IdCall<Id>>(std::move(call));
    add({method, std::string(pattern), Access::api_key, need.urgency,
         [this, scope = need.scope, shared](Exchange& exchange) {
             return call_with_key_and_id<Id>(keys_, scope, limits_, *shared, exchange);
         },
         need.scope});
}

void Service::with_form_proof(http::Method method, std::string_view pattern, Need need) {
    const Call by_key = [this](http::Request& request, engine::Principal principal) {
        return forms_.upload(request, std::move(principal));
    };
    auto shared = std::make_shared<const Call>(by_key);
    add({method, std::string(pattern), Access::api_key, need.urgency,
         [this, scope = need.scope, shared](Exchange& exchange) {
             return exchange.request.head.target.query.empty()
                        ? call_with_key(keys_, scope, limits_, *shared, exchange)
                        : call_with_form_url(forms_, form_urls_, world_.clock, limits_, exchange);
         },
         need.scope});
}

void Service::with_signed_url(http::Method method, std::string_view pattern) {
    add({method, std::string(pattern), Access::signed_url, Urgency::part,
         [this](Exchange& exchange) {
             return call_with_grant(uploads_, urls_, world_.clock, limits_, exchange);
         }});
}

void Service::open(http::Method method, std::string_view pattern,
                   std::function<http::Response()> call) {
    auto shared = std::make_shared<const std::function<http::Response()>>(std::move(call));
    add({method, std::string(pattern), Access::open, Urgency::vital,
         [shared](Exchange&) { return call_open(*shared); }});
}

Stages Service::stages(telemetry::Metrics& metrics) {
    Stages stages;
    stages.push_back(std::make_unique<TraceStage>(world_.random));
    stages.push_back(std::make_unique<PeerStage>(options_.trusted_proxies));
    stages.push_back(std::make_unique<AccessLog>(world_.clock));
    auto request_metrics = std::make_unique<RequestMetrics>(routes_, world_.clock, metrics);
    request_metrics_ = request_metrics.get();
    stages.push_back(std::move(request_metrics));
    stages.push_back(std::make_unique<PanicBarrier>());
    stages.push_back(std::make_unique<DrainStage>(health_));
    stages.push_back(std::make_unique<LoadStage>(options_.max_requests, in_flight_));
    return stages;
}

Task<http::Response> Service::dispatch(Exchange& exchange) {
    http::Response response;
    if (exchange.route == nullptr) {
        response = co_await limits_.hold_stranger(exchange, no_route(exchange));
    } else {
        response = co_await exchange.route->call(exchange);
    }
    for (const auto& [name, value] : exchange.answer_fields.lines()) {
        response.headers.add(name, value);
    }
    co_return exchange.request.head.method == http::Method::head
        ? http::without_body(std::move(response))
        : std::move(response);
}

Task<http::Response> Service::handle(http::Request& request, std::optional<Side> side) {
    auto match = router_.match(request.head.method, request.head.target);
    if (side && match.route && routes_[*match.route].side != *side) {
        match = {};
    }
    Exchange exchange{.request = request,
                      .route = match.route ? &routes_[*match.route] : nullptr,
                      .parameters = std::move(match.parameters),
                      .allowed = std::move(match.allowed)};
    co_return co_await chain_->run(exchange);
}

}  // namespace slipway::api
