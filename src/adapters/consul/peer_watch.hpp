// PeerWatch: the instances of a service whose checks pass, kept current by a blocking query. What
// was known stays known while Consul is away.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/consul/blocking_query.hpp"
#include "adapters/consul/consul_client.hpp"

namespace slipway::adapters::consul {

class PeerWatch {
 public:
    // What changed, on the loop of run(): ids that were not there and are, and the other way round.
    struct Change {
        std::vector<std::string> joined;
        std::vector<std::string> left;
        std::size_t count = 0;
    };

    // The client outlives it, and is stopped before run() can end.
    PeerWatch(ConsulClient& client, std::string service, std::function<double()> chance,
              std::function<void(const Change&)> changed, BlockingQueryOptions options = {})
        : client_(client),
          service_(std::move(service)),
          changed_(std::move(changed)),
          query_(std::move(chance), options) {}

    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop() { query_.stop(); }

 private:
    Task<Result<std::uint64_t>> ask(QueryPosition position);
    void take(const std::vector<ServiceInstance>& instances);

    ConsulClient& client_;
    const std::string service_;
    const std::function<void(const Change&)> changed_;
    std::vector<std::string> known_;
    BlockingQuery query_;
};

}  // namespace slipway::adapters::consul
