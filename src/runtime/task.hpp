// Task<T>: a lazily started coroutine that runs on an event loop. The only part of the runtime that
// ports may name.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace slipway {

template <class T = void>
using Task = boost::asio::awaitable<T>;

}  // namespace slipway
