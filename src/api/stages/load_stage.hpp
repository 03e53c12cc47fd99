// LoadStage: bounds the requests that are handled at a time. Over its share a request is answered
// 503 at once, before its body is read: what begins new work first, what gives room back last, and
// health never (decision 0010).
#pragma once

#include <atomic>
#include <cstddef>

#include "api/stages/stage.hpp"

namespace slipway::api {

// Of `most` places, how many may be taken when one more of this urgency comes.
std::size_t share_of(Urgency urgency, std::size_t most);
// What a request over its share is answered.
http::Response busy_response(const telemetry::RequestTag& request_id);

class LoadStage final : public Stage {
 public:
    // `in_flight` outlives it: health and metrics read it too.
    LoadStage(std::size_t most, std::atomic<std::size_t>& in_flight)
        : most_(most), in_flight_(in_flight) {}
    Task<http::Response> run(Exchange& exchange, Inner inner) override;

 private:
    const std::size_t most_;
    std::atomic<std::size_t>& in_flight_;
};

}  // namespace slipway::api
