// PartGate: turns parts away while there are as many as are let in, for a fraction of what it costs
// to refuse them on their usual way. Up to 100 of them a second still go that way, so that few
// refusals are logged and traced, one by one, as all requests are; of the rest the log has a line
// with their number a second. Metrics count every one. No signature is looked at: whoever is turned
// away gained nothing and is not counted against any rate (decision 0010).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "api/admin/health.hpp"
#include "api/stages/request_metrics.hpp"
#include "engine/world.hpp"
#include "http/gate.hpp"

namespace slipway::api {

class PartGate final : public http::Gate {
 public:
    static constexpr std::uint64_t kUsualWayEachSecond = 100;

    struct Means {
        engine::World& world;
        const admin::Health& health;
        RequestMetrics& metrics;
        const Route& route;  // of parts
        // As the stage counts them that bounds requests.
        const std::atomic<std::size_t>& requests;
        std::size_t most_requests;
    };
    // What it is given outlives it.
    explicit PartGate(const Means& means);

    bool closed() override;
    const http::ReadyAnswer* turn_away(const http::RequestHead& head) override;

 private:
    bool parts_full() const;
    bool requests_full() const;
    std::int64_t second() const;
    // Tells of those that were turned away in seconds that are over.
    void begin_second(std::int64_t now);

    const Means means_;
    const http::ReadyAnswer parts_answer_;
    const http::ReadyAnswer requests_answer_;
    std::atomic<std::int64_t> second_{0};
    std::atomic<std::uint64_t> usual_{0};
    std::atomic<std::uint64_t> untold_{0};
};

}  // namespace slipway::api
