// SharedWatch: looks every second at what other servers of the database have changed that this one
// holds in memory: API keys, keys of signed URLs, the store that has taken over, the count of
// events. What is changed there counts here within two seconds.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "daemon/ticker.hpp"
#include "ports/shared_state.hpp"

namespace slipway::daemon {

class SharedWatch {
 public:
    struct Means {
        ports::SharedState& state;
        std::function<Task<Result<>>()> load_api_keys;
        std::function<Task<Result<>>()> load_signing_keys;
        std::function<Task<Result<>>()> load_active_store;
        std::function<Task<Result<>>()> count_events;
    };
    // What the means refer to outlives it.
    explicit SharedWatch(Means means) : means_(std::move(means)) {}

    // Until stop(). Once.
    Task<void> run();
    // One look; what cannot be read now is read by the next.
    Task<Result<>> look();
    // Thread-safe, idempotent.
    void stop() { ticker_.stop(); }

 private:
    Task<void> look_and_tell();

    Means means_;
    // As of the last look that read everything; nothing: there was none.
    std::optional<ports::SharedRevisions> seen_;
    bool away_ = false;
    Ticker ticker_;
};

}  // namespace slipway::daemon
