// on(loop, task): runs a task on another event loop and resumes on the caller's own.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "runtime/task.hpp"

namespace slipway::runtime {

template <class T>
Task<T> on(boost::asio::io_context& loop, Task<T> task) {
    co_return co_await boost::asio::co_spawn(loop, std::move(task), boost::asio::use_awaitable);
}

}  // namespace slipway::runtime
