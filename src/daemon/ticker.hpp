// Ticker: does something again and again, with a pause between, until it is stopped.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "runtime/alarm.hpp"
#include "runtime/task.hpp"

namespace slipway::daemon {

class Ticker {
 public:
    // The first time after one pause. Returns when it was stopped and what was being done is done.
    // Once.
    Task<void> run(std::chrono::milliseconds pause, std::function<Task<void>()> work);
    // Thread-safe, idempotent; also before run(), which then does nothing.
    void stop();

 private:
    std::mutex mutex_;
    bool stopping_ = false;
    std::shared_ptr<runtime::Alarm> alarm_;
};

}  // namespace slipway::daemon
