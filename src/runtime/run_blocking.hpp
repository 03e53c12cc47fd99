// run_blocking(task): runs a task to its end on a loop of its own, on the calling thread: for tests
// and for main().
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "runtime/task.hpp"

namespace slipway::runtime {

// The thread's loop. Another thread that has just delivered a result may still be on its way out of
// the loop when the task is done, so a loop ends neither with the call nor with the thread: it goes
// back on a shelf, for the next thread.
boost::asio::io_context& blocking_loop();

template <class T>
T run_blocking(Task<T> task) {
    boost::asio::io_context& loop = blocking_loop();
    const auto guard = boost::asio::make_work_guard(loop);
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
        thrown = error;
        if (!error) {
            result.emplace(std::move(value));
        }
        loop.stop();
    });
    loop.run();
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return std::move(*result);
}

}  // namespace slipway::runtime
