// Service: all routes of the API behind their verifiers, and what is done for every request: drain,
// access log. A route is added with the proof that its handler needs; there is no way to add one
// that needs none but health.
#pragma once

#include "api/admin/health.hpp"
#include "api/native/file_door.hpp"
#include "api/native/upload_door.hpp"
#include "api/part_urls.hpp"
#include "engine/caller.hpp"
#include "engine/world.hpp"
#include "http/router.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::api {

// How a route is protected. `open` is for health and metrics only.
enum class Access { open, api_key, signed_url };

struct RouteAccess {
    http::Router::Entry route;
    Access access;
};

class Service {
 public:
    // What is handed in outlives the service.
    Service(engine::World& world, const engine::ApiKeys& keys, const PartUrls& urls,
            admin::Health& health, telemetry::Metrics& metrics);
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    Task<http::Response> handle(http::Request& request);

    // Every route and its protection, for the test that walks them.
    const std::vector<RouteAccess>& routes() const { return routes_; }

 private:
    using IdCall = std::function<Task<http::Response>(http::Request&, engine::Caller, UploadId)>;
    using ListCall = std::function<Task<http::Response>(http::Request&, engine::Caller)>;

    void add_native_routes();
    void add_open_routes(telemetry::Metrics& metrics);
    void with_key(http::Method method, std::string_view pattern, ListCall call);
    void with_key_and_id(http::Method method, std::string_view pattern, IdCall call);
    void with_signed_url(http::Method method, std::string_view pattern);
    void open(http::Method method, std::string_view pattern, std::function<http::Response()> call);
    void note(http::Method method, std::string_view pattern, Access access);

    engine::World& world_;
    const engine::ApiKeys& keys_;
    const PartUrls& urls_;
    admin::Health& health_;
    native::UploadDoor uploads_;
    native::FileDoor files_;
    http::Router router_;
    std::vector<RouteAccess> routes_;
};

}  // namespace slipway::api
