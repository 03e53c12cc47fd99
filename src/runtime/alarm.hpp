// Alarm: a pause that ends at its time, or earlier when somebody rings. One coroutine waits at a
// time; a ring that meets nobody ends the next wait at once, so that none is lost.
#pragma once

#include <chrono>
#include <memory>

#include "runtime/task.hpp"

namespace slipway::runtime {

enum class PauseEnd { time, ring };

class Alarm final {
 public:
    // On the loop of whoever awaits; that is where it is waited for.
    static Task<std::unique_ptr<Alarm>> open();
    ~Alarm();
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

    Task<PauseEnd> wait_for(std::chrono::milliseconds time);
    // Thread-safe.
    void ring();

 private:
    struct State;
    explicit Alarm(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace slipway::runtime
