// ThreadLoop and race(): calls that overlap, each thread with a loop of its own.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/task.hpp"

namespace slipway::contract {

// A loop for one thread of a race. It outlives the adapter, whose threads may still be on their way
// out of it when the last answer has come.
class ThreadLoop {
 public:
    template <class T>
    T run(Task<T> task) {
        std::optional<T> result;
        boost::asio::co_spawn(
            loop_, std::move(task),
            [&result](const std::exception_ptr&, T value) { result.emplace(std::move(value)); });
        loop_.restart();
        loop_.run();
        return std::move(*result);
    }

 private:
    boost::asio::io_context loop_{1};
};

class ThreadLoops {
 public:
    // Runs `work(index, loop)` on so many threads, all at once, and waits for them.
    void race(unsigned threads, const std::function<void(unsigned, ThreadLoop&)>& work) {
        while (loops_.size() < threads) {
            loops_.push_back(std::make_unique<ThreadLoop>());
        }
        std::latch start(threads);
        std::vector<std::jthread> running;
        for (unsigned i = 0; i < threads; ++i) {
            running.emplace_back([this, &start, &work, i] {
                start.arrive_and_wait();
                work(i, *loops_[i]);
            });
        }
    }

 private:
    std::vector<std::unique_ptr<ThreadLoop>> loops_;
};

}  // namespace slipway::contract
