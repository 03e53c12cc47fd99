// EventLoops: one io_context per core, each run by its own thread. What belongs to a loop is
// touched on it only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace slipway::runtime {

class EventLoops {
 public:
    explicit EventLoops(std::size_t count);
    ~EventLoops();
    EventLoops(const EventLoops&) = delete;
    EventLoops& operator=(const EventLoops&) = delete;

    void start();
    // Ends the loops when they have returned from the handler they are in, and joins; idempotent.
    // Coroutines that still wait are destroyed with their loop.
    void stop();

    std::size_t size() const { return loops_.size(); }
    boost::asio::io_context& at(std::size_t index) { return *loops_[index]; }
    // The loop that owns the in-memory state of the key.
    boost::asio::io_context& home_of(std::size_t key) { return *loops_[key % loops_.size()]; }

 private:
    using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
    std::vector<std::unique_ptr<boost::asio::io_context>> loops_;
    std::vector<WorkGuard> guards_;
    std::vector<std::thread> threads_;
};

}  // namespace slipway::runtime
