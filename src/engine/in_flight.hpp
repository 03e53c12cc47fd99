// InFlight: counts itself in a gauge for as long as it lives.
#pragma once

#include <atomic>
#include <cstddef>

namespace slipway::engine {

class InFlight {
 public:
    explicit InFlight(std::atomic<std::size_t>& count) : count_(count), position_(++count) {}
    ~InFlight() { --count_; }
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    std::size_t position() const { return position_; }

 private:
    std::atomic<std::size_t>& count_;
    std::size_t position_;
};

}  // namespace slipway::engine
