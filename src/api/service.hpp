// Service: all routes of the API behind their verifiers, and the chain of stages that every request
// passes before them. A route is added with the proof that its handler needs, a key of a scope or a
// signed URL; there is no way to add one that needs none but health.
#pragma once

#include "api/admin/dead_letter_door.hpp"
#include "api/admin/dr_door.hpp"
#include "api/admin/health.hpp"
#include "api/admin/key_door.hpp"
#include "api/admin/signing_key_door.hpp"
#include "api/form/form_door.hpp"
#include "api/native/file_door.hpp"
#include "api/native/upload_door.hpp"
#include "api/part_gate.hpp"
#include "api/part_urls.hpp"
#include "api/quota_door.hpp"
#include "api/stages/rate_limits.hpp"
#include "api/stages/stage.hpp"
#include "engine/access/key_ring.hpp"
#include "engine/world.hpp"
#include "http/router.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::api {

struct ServiceOptions {
    // Requests handled at a time; more are answered 503.
    std::size_t max_requests = 2048;
    // Addresses whose X-Forwarded-For is believed.
    std::vector<std::string> trusted_proxies = {};
};

class Service {
 public:
    // What is handed in outlives the service.
    Service(engine::World& world, engine::KeyRing& keys, const PartUrls& urls,
            const FormUrls& form_urls, admin::Health& health, telemetry::Metrics& metrics,
            engine::Throttle& throttle, engine::SigningKeys& signing_keys,
            ServiceOptions options = {});
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    // Of one side only, or of both.
    Task<http::Response> handle(http::Request& request, std::optional<Side> side = std::nullopt);

    // For the servers that the outer side is served by.
    http::Gate& gate() { return *gate_; }

    // Every route and its protection, for the test that walks them.
    const std::vector<Route>& routes() const { return routes_; }

 private:
    // What a key must have for a route, and how urgent the route is.
    struct Need {
        core::Scope scope;
        Urgency urgency = Urgency::ordinary;
    };
    using Call = std::function<Task<http::Response>(http::Request&, engine::Principal)>;
    // Of a resource with an id; a std::string where it is any text.
    template <class Id>
    using IdCall = std::function<Task<http::Response>(http::Request&, engine::Principal, Id)>;

    void add_upload_routes();
    void add_file_routes();
    void add_admin_routes();
    void add_open_routes(telemetry::Metrics& metrics);
    void with_key(http::Method method, std::string_view pattern, Need need, Call call);
    template <class Id>
    void with_key_and_id(http::Method method, std::string_view pattern, Need need, IdCall<Id> call);
    // By a key, or by a URL signed for one form: a query stands for the second.
    void with_form_proof(http::Method method, std::string_view pattern, Need need);
    void with_signed_url(http::Method method, std::string_view pattern);
    void open(http::Method method, std::string_view pattern, std::function<http::Response()> call);
    void add(Route route);
    Stages stages(telemetry::Metrics& metrics);
    Task<http::Response> dispatch(Exchange& exchange);

    engine::World& world_;
    const engine::KeyRing& keys_;
    const PartUrls& urls_;
    const FormUrls& form_urls_;
    admin::Health& health_;
    native::UploadDoor uploads_;
    native::FileDoor files_;
    admin::KeyDoor key_door_;
    admin::DeadLetterDoor dead_letters_;
    admin::DrDoor dr_;
    admin::SigningKeyDoor signing_key_door_;
    QuotaDoor quotas_;
    form::FormDoor forms_;
    http::Router router_;
    std::vector<Route> routes_;
    RateLimits limits_;
    const ServiceOptions options_;
    std::atomic<std::size_t> in_flight_{0};
    RequestMetrics* request_metrics_ = nullptr;  // of the chain
    std::optional<Chain> chain_;
    std::optional<PartGate> gate_;
};

}  // namespace slipway::api
