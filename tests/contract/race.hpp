// race(): calls that overlap, each on a thread of its own.
#pragma once

#include <functional>
#include <latch>
#include <thread>
#include <vector>

#include "runtime/run_blocking.hpp"

namespace slipway::contract {

// Runs `work(index)` on so many threads, all at once, and waits for them.
inline void race(unsigned threads, const std::function<void(unsigned)>& work) {
    std::latch start(threads);
    std::vector<std::jthread> running;
    for (unsigned i = 0; i < threads; ++i) {
        running.emplace_back([&start, &work, i] {
            start.arrive_and_wait();
            work(i);
        });
    }
}

}  // namespace slipway::contract
