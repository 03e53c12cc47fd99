// KeyUseWriter: writes when API keys were used last, once a minute and at the end.
#pragma once

#include <memory>
#include <mutex>

#include "engine/access/key_ring.hpp"
#include "runtime/alarm.hpp"

namespace slipway::daemon {

class KeyUseWriter {
 public:
    // The keys outlive it.
    explicit KeyUseWriter(engine::KeyRing& keys) : keys_(keys) {}

    // Until stop(). Once.
    Task<void> run();
    // Thread-safe, idempotent.
    void stop();

 private:
    Task<void> write();

    engine::KeyRing& keys_;
    std::mutex mutex_;
    bool stopping_ = false;
    std::shared_ptr<runtime::Alarm> alarm_;
};

}  // namespace slipway::daemon
