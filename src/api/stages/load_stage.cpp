#include "api/stages/load_stage.hpp"

#include "api/problem.hpp"

namespace slipway::api {

namespace {

// Counts itself for as long as it lives.
class Place {
 public:
    explicit Place(std::atomic<std::size_t>& count) : count_(count), number_(++count) {}
    ~Place() { --count_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    std::size_t number() const { return number_; }

 private:
    std::atomic<std::size_t>& count_;
    std::size_t number_;
};

}  // namespace

std::size_t share_of(Urgency urgency, std::size_t most) {
    switch (urgency) {
        case Urgency::creation:
            return most - most / 4;
        case Urgency::part:
        case Urgency::ordinary:
            return most - most / 8;
        case Urgency::ending:
        case Urgency::vital:
            break;
    }
    return most;
}

http::Response busy_response(const telemetry::RequestTag& request_id) {
    auto response =
        problem_response({.status = 503, .error = "busy", .title = "Server is busy"}, request_id);
    response.headers.add("Retry-After", "1");
    return response;
}

Task<http::Response> LoadStage::run(Exchange& exchange, Inner inner) {
    const Urgency urgency = exchange.route == nullptr ? Urgency::ordinary : exchange.route->urgency;
    if (urgency == Urgency::vital) {
        co_return co_await inner.run(exchange);
    }
    const Place place(in_flight_);
    if (place.number() <= share_of(urgency, most_)) {
        co_return co_await inner.run(exchange);
    }
    exchange.rejection = "busy";
    co_return busy_response(exchange.request.request_id);
}

}  // namespace slipway::api
