// RelayLease: the lease of the relay of events, which one server of a database holds: by a lock in
// Consul where there is one, else by a row of the database. The catalog compares its token in the
// transaction that removes events.
#pragma once

#include <memory>
#include <string>

#include "adapters/consul/consul_lock.hpp"
#include "daemon/cluster/singleton.hpp"
#include "ports/clock.hpp"
#include "ports/random.hpp"
#include "ports/shared_state.hpp"

namespace slipway::daemon {

class RelayLease {
 public:
    static constexpr const char* kName = "relay";

    // They outlive it.
    struct Means {
        ports::SharedState& state;
        const ports::Clock& clock;
        ports::Random& random;
    };
    // The lock is SERVICE/locks/relay. Without an address there is no Consul.
    RelayLease(Means means, const adapters::consul::ConsulOptions& consul,
               const std::string& service);

    Singleton& singleton() { return *singleton_; }

 private:
    Task<Result<std::optional<std::uint64_t>>> take();
    Task<Result<std::optional<std::uint64_t>>> take_lock();
    Task<Result<>> give_back();

    ports::SharedState& state_;
    const std::string owner_;
    std::unique_ptr<adapters::consul::ConsulClient> client_;
    std::unique_ptr<adapters::consul::ConsulLock> lock_;
    // Of the lock; 0: none is known to the database.
    std::uint64_t noted_ = 0;
    std::unique_ptr<Singleton> singleton_;
};

}  // namespace slipway::daemon
