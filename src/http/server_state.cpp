#include "http/server_state.hpp"

#include <algorithm>
#include <random>
#include <span>
#include <utility>

#include "base/encoding.hpp"

namespace slipway::http {

namespace {

constexpr std::string_view kRequests = "slipway_http_requests_total";
constexpr std::string_view kRequestsHelp = "Answered HTTP requests by class of status.";
constexpr std::string_view kRejected = "slipway_http_rejected_total";
constexpr std::string_view kRejectedHelp = "Requests that never reached a handler, by reason.";

// The finaliser of SplitMix64: a bijection, so that distinct counts give distinct ids.
std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

}  // namespace

HttpMetrics::HttpMetrics(telemetry::Metrics& metrics)
    : opened_(metrics.counter("slipway_http_connections_opened_total", "Accepted connections.")),
      closed_(metrics.counter("slipway_http_connections_closed_total", "Ended connections.")),
      received_(metrics.counter("slipway_http_bytes_received_total", "Bytes received over HTTP.")),
      sent_(metrics.counter("slipway_http_bytes_sent_total", "Bytes sent over HTTP.")),
      requests_{&metrics.counter(kRequests, kRequestsHelp, "code=\"2xx\""),
                &metrics.counter(kRequests, kRequestsHelp, "code=\"3xx\""),
                &metrics.counter(kRequests, kRequestsHelp, "code=\"4xx\""),
                &metrics.counter(kRequests, kRequestsHelp, "code=\"5xx\"")},
      rejected_{&metrics.counter(kRejected, kRejectedHelp, "reason=\"head\""),
                &metrics.counter(kRejected, kRejectedHelp, "reason=\"framing\""),
                &metrics.counter(kRejected, kRejectedHelp, "reason=\"timeout\""),
                &metrics.counter(kRejected, kRejectedHelp, "reason=\"connections\"")} {
    // Computed from counters that the registry owns: it outlives every server, and several servers
    // share it.
    metrics.gauge("slipway_http_connections", "Open HTTP connections.",
                  [this_opened = &opened_, this_closed = &closed_] {
                      const auto closed = this_closed->value();
                      return static_cast<double>(this_opened->value() - closed);
                  });
}

void HttpMetrics::count_request(unsigned status) {
    const unsigned index = std::clamp(status / 100, 2U, 5U) - 2;
    requests_[index]->add();
}

ServerState::ServerState(ServerOptions given, runtime::EventLoops& loops_in_use,
                         runtime::BlockingPool& blocking_pool, runtime::BufferPool& buffer_pool,
                         telemetry::Metrics& registry, Handler on_request, ErrorPage on_refusal)
    : options(std::move(given)),
      event_loops(loops_in_use),
      blocking(blocking_pool),
      buffers(buffer_pool),
      metrics(registry),
      handler(std::move(on_request)),
      error_page(std::move(on_refusal)),
      addresses({.most = options.max_per_address, .uncounted = options.uncounted_addresses}) {
    for (std::size_t i = 0; i < event_loops.size(); ++i) {
        loops.push_back(std::make_unique<LoopState>(event_loops.at(i), buffers));
    }
    std::random_device random;
    request_seed = (std::uint64_t{random()} << 32U) | random();
}

std::string ServerState::next_request_id() {
    const std::uint64_t id = mix(request_seed + requests.fetch_add(1, std::memory_order_relaxed));
    return encode_hex(std::as_bytes(std::span(&id, 1)));
}

LoopState& ServerState::least_loaded() {
    return **std::ranges::min_element(
        loops, {}, [](const auto& loop) { return loop->load().load(std::memory_order_relaxed); });
}

}  // namespace slipway::http
