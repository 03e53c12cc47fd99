// ServerState: what a server's listener and connections share. It lives as long as any of them.
// It owns nothing that belongs to an event loop: it may be the last to go, on any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "http/address_counts.hpp"
#include "http/loop_state.hpp"
#include "http/server.hpp"

namespace slipway::http {

enum class Rejection { head, framing, timeout, connections };

class HttpMetrics {
 public:
    explicit HttpMetrics(telemetry::Metrics& metrics);

    void count_request(unsigned status);
    void count(Rejection reason) { rejected_[static_cast<std::size_t>(reason)]->add(); }
    telemetry::Counter& opened() { return opened_; }
    telemetry::Counter& closed() { return closed_; }
    Traffic traffic() { return {received_, sent_}; }

 private:
    telemetry::Counter& opened_;
    telemetry::Counter& closed_;
    telemetry::Counter& received_;
    telemetry::Counter& sent_;
    std::array<telemetry::Counter*, 4> requests_;
    std::array<telemetry::Counter*, 4> rejected_;
};

struct ServerState {
    ServerOptions options;
    runtime::EventLoops& event_loops;
    runtime::BlockingPool& blocking;
    runtime::BufferPool& buffers;
    HttpMetrics metrics;
    Handler handler;
    ErrorPage error_page;
    std::vector<std::unique_ptr<LoopState>> loops;

    AddressCounts addresses;
    std::atomic<std::size_t> connections{0};
    // Connections over the limit that are being told so.
    std::atomic<std::size_t> refused{0};
    std::atomic<bool> draining{false};
    std::atomic<std::uint64_t> requests{0};
    std::uint64_t request_seed = 0;
    std::uint16_t port = 0;
    // Closes the acceptor, which lives in its coroutine; touched on loop 0 only.
    std::function<void()> stop_accepting;

    ServerState(ServerOptions given, runtime::EventLoops& loops_in_use,
                runtime::BlockingPool& blocking_pool, runtime::BufferPool& buffer_pool,
                telemetry::Metrics& registry, Handler on_request, ErrorPage on_refusal);

    // 16 digits that do not tell how many requests there were.
    std::string next_request_id();
    LoopState& least_loaded();
};

}  // namespace slipway::http
