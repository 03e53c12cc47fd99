#include "api/part_gate.hpp"

#include <chrono>

#include "api/problem.hpp"
#include "api/stages/load_stage.hpp"
#include "engine/receive_part.hpp"
#include "telemetry/log.hpp"

namespace slipway::api {

namespace {

bool is_part(const http::RequestHead& head) {
    const auto& segments = head.target.segments;
    return head.method == http::Method::put && segments.size() == 4 && segments[0] == "upload" &&
           segments[2] == "part";
}

http::Response too_many_parts(const telemetry::RequestTag& id) {
    return refusal_response(engine::busy_with_parts(), id);
}

}  // namespace

PartGate::PartGate(const Means& means)
    : means_(means), parts_answer_(too_many_parts), requests_answer_(busy_response) {}

bool PartGate::parts_full() const {
    return means_.world.metrics.parts_in_flight.load(std::memory_order_relaxed) >=
           means_.world.options.max_parts_in_flight;
}

bool PartGate::requests_full() const {
    return means_.requests.load(std::memory_order_relaxed) >=
           share_of(Urgency::part, means_.most_requests);
}

std::int64_t PartGate::second() const {
    return std::chrono::floor<std::chrono::seconds>(means_.world.clock.steady().time_since_epoch())
        .count();
}

// A server that is shutting down says so, on the usual way.
bool PartGate::closed() {
    if (untold_.load(std::memory_order_relaxed) > 0) {
        begin_second(second());
    }
    return (parts_full() || requests_full()) && !means_.health.draining();
}

void PartGate::begin_second(std::int64_t now) {
    if (second_.load(std::memory_order_relaxed) == now ||
        second_.exchange(now, std::memory_order_relaxed) == now) {
        return;
    }
    usual_.store(0, std::memory_order_relaxed);
    if (const auto count = untold_.exchange(0, std::memory_order_relaxed); count > 0) {
        telemetry::log(telemetry::Level::info, "requests_turned_away",
                       {{"route", means_.route.pattern}, {"rejected", "busy"}, {"count", count}});
    }
}

const http::ReadyAnswer* PartGate::turn_away(const http::RequestHead& head) {
    if (!is_part(head)) {
        return nullptr;
    }
    begin_second(second());
    if (usual_.fetch_add(1, std::memory_order_relaxed) < kUsualWayEachSecond) {
        return nullptr;
    }
    untold_.fetch_add(1, std::memory_order_relaxed);
    const bool requests = requests_full();
    const auto& answer = requests ? requests_answer_ : parts_answer_;
    means_.metrics.note_turned_away(means_.route, answer.status(), "busy");
    if (!requests) {
        means_.world.metrics.parts_rejected_busy.add();
    }
    return &answer;
}

}  // namespace slipway::api
