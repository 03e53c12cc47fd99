// Work on another event loop: on(loop, task) waits for it and resumes on the caller's own;
// post(loop, work) does not wait.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "runtime/task.hpp"

namespace slipway::runtime {

template <class T>
Task<T> on(boost::asio::io_context& loop, Task<T> task) {
    co_return co_await boost::asio::co_spawn(loop, std::move(task), boost::asio::use_awaitable);
}

template <class Work>
void post(boost::asio::io_context& loop, Work work) {
    boost::asio::post(loop, std::move(work));
}

}  // namespace slipway::runtime
