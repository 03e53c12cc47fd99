// RequestMetrics: counts requests by route and class of status, their durations, and what was
// turned away by which limit. Labels are the patterns of routes, never paths.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string_view>

#include "api/stages/stage.hpp"
#include "engine/world.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::api {

class RequestMetrics final : public Stage {
 public:
    // The routes, the clock and the registry outlive it.
    RequestMetrics(std::span<const Route> routes, const ports::Clock& clock,
                   telemetry::Metrics& registry);
    Task<http::Response> run(Exchange& exchange, Inner inner) override;
    // A request of that route that was answered before it came here.
    void note_turned_away(const Route& route, unsigned status, std::string_view reason);

 private:
    struct Series {
        std::array<telemetry::Counter*, 4> by_class;
        telemetry::Histogram* seconds;
    };

    void count(const Route* route, unsigned status, double seconds);
    void count_rejection(std::string_view reason);
    void note(const Exchange& exchange, const http::Response& response, double seconds);

    const ports::Clock& clock_;
    std::map<const Route*, Series> series_;  // null: no route
    std::map<std::string_view, telemetry::Counter*> rejections_;
    telemetry::Counter& bytes_;
};

}  // namespace slipway::api
