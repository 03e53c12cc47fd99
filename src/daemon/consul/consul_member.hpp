// ConsulMember: this node as a member of a service in Consul: registered while it takes work, and
// aware of its peers and of settings that change. It serves the same whether Consul is there or
// not; what Consul's absence changes is logged once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

#include "adapters/consul/peer_watch.hpp"
#include "adapters/consul/registration.hpp"
#include "api/admin/health.hpp"
#include "daemon/consul/overrides.hpp"
#include "telemetry/metrics.hpp"

namespace slipway::daemon {

class ConsulMember {
 public:
    // What is handed in outlives it.
    ConsulMember(adapters::consul::ConsulOptions options,
                 adapters::consul::ServiceRegistration service, LiveSettings settings,
                 const api::admin::Health& health, telemetry::Metrics& metrics);

    // Until leave(). Once.
    Task<void> run();
    // Tells Consul that this node is no more, and waits so long for others to hear of it; not where
    // Consul is away, and so nobody hears of it. Completes when run() has. On the loop of run(),
    // once.
    Task<void> leave(std::chrono::milliseconds wait);

 private:
    void note_asked(const Result<>& outcome);
    Task<Result<std::uint64_t>> ask_settings(adapters::consul::QueryPosition position);
    void note_peers(const adapters::consul::PeerWatch::Change& change);
    adapters::consul::RegistrationEvents events(telemetry::Counter& registrations);

    const std::string id_;
    adapters::consul::ConsulClient client_;
    runtime::RetryWorld world_;
    // Nothing: it has not been asked yet.
    std::atomic<int> answers_{-1};
    std::atomic<std::size_t> peers_count_{0};
    adapters::consul::Registration registration_;
    adapters::consul::PeerWatch peers_;
    const std::string settings_prefix_;
    LiveSettings settings_;
    adapters::consul::BlockingQuery settings_query_;
    runtime::OneShot<bool> ended_;
};

}  // namespace slipway::daemon
