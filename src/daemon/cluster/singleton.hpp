// Singleton: keeps this server the one that does a thing, or finds out that another is. It holds a
// lease: a lock in Consul where there is one, else a row in the database; both have a token, which
// is compared wherever the holder writes (ports/shared_state.hpp).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "daemon/ticker.hpp"
#include "ports/clock.hpp"
#include "runtime/task.hpp"

namespace slipway::daemon {

class Singleton {
 public:
    struct Means {
        const ports::Clock& clock;
        std::string name;
        // How long what was taken is held without being taken again.
        std::chrono::milliseconds length{15'000};
        // Takes the lease or renews it: its token; nothing: another has it.
        std::function<Task<Result<std::optional<std::uint64_t>>>()> take;
        std::function<Task<Result<>>()> give_back;
    };
    // What the means refer to outlives it.
    explicit Singleton(Means means) : means_(std::move(means)) {}

    // Called when this server becomes the one.
    std::function<void()> on_taken = [] {};

    // Until stop(); then it is given back. Once.
    Task<void> run();
    // One look.
    Task<void> look();
    // Thread-safe, idempotent.
    void stop() { ticker_.stop(); }

    // The token, while the lease is surely held. Thread-safe.
    std::optional<std::uint64_t> token() const;

 private:
    void note(std::uint64_t token, SteadyTime asked_at);
    void note_lost();

    Means means_;
    // 0: it is not held.
    std::atomic<std::uint64_t> token_{0};
    std::atomic<SteadyTime> safe_until_{SteadyTime()};
    bool failed_ = false;
    Ticker ticker_;
};

}  // namespace slipway::daemon
