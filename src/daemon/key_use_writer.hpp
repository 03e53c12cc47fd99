// KeyUseWriter: writes when API keys were used last, once a minute and at the end.
#pragma once

#include "daemon/ticker.hpp"
#include "engine/access/key_ring.hpp"

namespace slipway::daemon {

class KeyUseWriter {
 public:
    // The keys outlive it.
    explicit KeyUseWriter(engine::KeyRing& keys) : keys_(keys) {}

    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop() { ticker_.stop(); }

 private:
    Task<void> write();

    engine::KeyRing& keys_;
    Ticker ticker_;
};

}  // namespace slipway::daemon
