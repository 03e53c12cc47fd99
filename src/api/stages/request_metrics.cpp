#include "api/stages/request_metrics.hpp"

#include <algorithm>
#include <chrono>
#include <string>

namespace slipway::api {

namespace {

constexpr std::array<std::string_view, 4> kClasses = {"2xx", "3xx", "4xx", "5xx"};
constexpr std::array<double, 9> kSeconds = {0.005, 0.025, 0.1, 0.5, 1, 5, 10, 30, 120};

struct Cause {
    unsigned status;
    std::string_view error;
    std::string_view reason;
};
// By what the answer says, where no stage has said more.
constexpr std::array<Cause, 5> kCauses = {{{403, "quota_exceeded", "quota"},
                                           {408, "request_timeout", "timeout"},
                                           {413, "body_too_large", "too_large"},
                                           {503, "busy", "busy"},
                                           {507, "insufficient_storage", "no_room"}}};
constexpr std::array<std::string_view, 2> kStages = {"rate_limited", "draining"};

// A status alone does not tell: 403 is for scopes and signatures too, 503 for health.
bool is_cause(const Cause& cause, const http::Response& response) {
    const auto* text = std::get_if<std::string>(&response.body);
    // Quotes inside of other members are escaped, so that only the member itself looks like this.
    return response.status == cause.status && text != nullptr &&
           text->contains("\"error\":\"" + std::string(cause.error) + "\"");
}

std::string route_labels(std::string_view method, std::string_view pattern) {
    return "route=\"" + std::string(pattern) + "\",method=\"" + std::string(method) + "\"";
}

}  // namespace

RequestMetrics::RequestMetrics(std::span<const Route> routes, const ports::Clock& clock,
                               telemetry::Metrics& registry)
    : clock_(clock),
      bytes_(registry.counter("slipway_request_body_bytes_total",
                              "Bytes of request bodies that handlers have read.")) {
    const auto add = [&](const Route* route, const std::string& labels) {
        Series series{};
        for (std::size_t i = 0; i < kClasses.size(); ++i) {
            series.by_class[i] =
                &registry.counter("slipway_requests_total", "Requests by route and status.",
                                  labels + ",code=\"" + std::string(kClasses[i]) + "\"");
        }
        series.seconds =
            &registry.histogram("slipway_request_duration_seconds",
                                "Time from a request's head to its answer.", kSeconds, labels);
        series_.emplace(route, series);
    };
    for (const Route& route : routes) {
        add(&route, route_labels(http::to_string(route.method), route.pattern));
    }
    add(nullptr, route_labels("other", "none"));
    const auto add_rejection = [&](std::string_view reason) {
        rejections_[reason] = &registry.counter("slipway_rejections_total",
                                                "Requests that a limit turned away, by reason.",
                                                "reason=\"" + std::string(reason) + "\"");
    };
    std::ranges::for_each(kStages, add_rejection);
    std::ranges::for_each(kCauses, add_rejection, &Cause::reason);
}

void RequestMetrics::count(const Route* route, unsigned status, double seconds) {
    const Series& series = series_.at(route);
    series.by_class[std::clamp(status / 100, 2U, 5U) - 2]->add();
    series.seconds->observe(seconds);
}

void RequestMetrics::count_rejection(std::string_view reason) {
    if (const auto found = rejections_.find(reason); found != rejections_.end()) {
        found->second->add();
    }
}

// It took a fraction of the shortest time that is told apart.
void RequestMetrics::note_turned_away(const Route& route, unsigned status,
                                      std::string_view reason) {
    count(&route, status, 0);
    count_rejection(reason);
}

void RequestMetrics::note(const Exchange& exchange, const http::Response& response,
                          double seconds) {
    count(exchange.route, response.status, seconds);
    bytes_.add(exchange.request.body.received().value());
    std::string_view reason = exchange.rejection;
    if (const auto* cause = std::ranges::find_if(
            kCauses, [&](const Cause& one) { return is_cause(one, response); });
        reason.empty() && cause != kCauses.end()) {
        reason = cause->reason;
    }
    count_rejection(reason);
}

Task<http::Response> RequestMetrics::run(Exchange& exchange, Inner inner) {
    const auto begun = clock_.steady();
    http::Response response = co_await inner.run(exchange);
    note(exchange, response, std::chrono::duration<double>(clock_.steady() - begun).count());
    co_return response;
}

}  // namespace slipway::api
