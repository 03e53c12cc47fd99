// Group: tasks that run side by side on one event loop, and whose end somebody waits for.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <utility>

#include "runtime/one_shot.hpp"
#include "runtime/task.hpp"

namespace slipway::runtime {

// Must outlive its tasks: wait() before it goes.
class Group final {
 public:
    // On the loop of whoever awaits.
    static Task<std::unique_ptr<Group>> open() {
        co_return std::unique_ptr<Group>(new Group(co_await boost::asio::this_coro::executor));
    }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

    void spawn(Task<void> task) {
        ++running_;
        boost::asio::co_spawn(executor_, std::move(task), [this](std::exception_ptr thrown) {
            if (thrown) {
                thrown_ = thrown;
            }
            if (--running_ == 0 && waited_for_) {
                all_done_.deliver(true);
            }
        });
    }

    // Once, after the last spawn(). Throws what a task threw: a broken invariant of a library.
    Task<void> wait() {
        if (running_ > 0) {
            waited_for_ = true;
            co_await all_done_.wait();
        }
        if (thrown_) {
            std::rethrow_exception(thrown_);
        }
    }

 private:
    explicit Group(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    const boost::asio::any_io_executor executor_;
    std::size_t running_ = 0;
    bool waited_for_ = false;
    std::exception_ptr thrown_;
    OneShot<bool> all_done_;
};

}  // namespace slipway::runtime
