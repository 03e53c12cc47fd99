#include "runtime/event_loops.hpp"

#include <pthread.h>

#include <string>

#include "runtime/thread_priority.hpp"

namespace slipway::runtime {

EventLoops::EventLoops(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        // Concurrency hint 1: one thread runs it; others only post.
        loops_.push_back(std::make_unique<boost::asio::io_context>(1));
        guards_.emplace_back(boost::asio::make_work_guard(*loops_.back()));
    }
}

EventLoops::~EventLoops() {
    stop();
}

void EventLoops::start() {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        threads_.emplace_back([loop = loops_[i].get()] {
            run_as_loop();
            loop->run();
        });
        pthread_setname_np(threads_.back().native_handle(), ("loop-" + std::to_string(i)).c_str());
    }
}

void EventLoops::stop() {
    guards_.clear();
    for (const auto& loop : loops_) {
        loop->stop();
    }
    for (auto& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

}  // namespace slipway::runtime
