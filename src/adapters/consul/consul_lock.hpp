// ConsulLock: a key in Consul that one process holds at a time, by a session that it keeps alive.
// The lock is advisory, and a holder that was paused may not know that it has lost it: whoever acts
// as the holder has its token, the index of the holding, compared where it writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/consul/consul_client.hpp"
#include "base/result.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::consul {

struct LockOptions {
    std::string key;
    std::string holder;  // told to who looks at the key
    // Consul takes no less, and may let a session live for twice as long.
    std::chrono::seconds ttl{10};
    // How long after a session has ended nobody gets what it held.
    std::chrono::seconds delay{2};
};

// Used on one event loop, one call at a time.
class ConsulLock {
 public:
    // The client outlives it.
    ConsulLock(ConsulClient& client, LockOptions options)
        : client_(client), options_(std::move(options)) {}

    // Takes the lock, or makes sure that it is still held; again before the third of the ttl is
    // over. The token of the holding, which is larger than that of every holding before; nothing:
    // another holds it. Errors: those of the client; whether it is held is not known then.
    Task<Result<std::optional<std::uint64_t>>> hold();
    // Lets it go at once.
    Task<Result<>> release();

 private:
    Task<Result<>> keep_session();
    Task<Result<std::optional<std::uint64_t>>> token_of_session();

    ConsulClient& client_;
    const LockOptions options_;
    std::string session_;  // empty: there is none
    std::optional<std::uint64_t> token_;
};

}  // namespace slipway::adapters::consul
