// StoreHealth: whether a store is worth asking: a circuit breaker. Calls that find nobody there,
// one after the other, open it; whoever probes the store (daemon/store_watch) closes it again.
#pragma once

#include <atomic>

#include "base/result.hpp"

namespace slipway::engine {

// The store did not answer, or not in time: another one may.
bool is_away(Errc code);

enum class HealthChange { none, down, up };

class StoreHealth {
 public:
    static constexpr unsigned kFailuresInARow = 3;

    bool is_up() const { return up_.load(); }
    // What a call came to.
    void note_answer() { failures_.store(0); }
    HealthChange note_failure(Errc code);
    // What a probe came to: it decides.
    HealthChange note_probe(bool answers);

 private:
    std::atomic<unsigned> failures_{0};
    std::atomic<bool> up_{true};
};

}  // namespace slipway::engine
