// OneShot<T>: a value that one coroutine waits for and any thread delivers, once.
// The waiter resumes on its own executor. If every deliverer is gone without a value, the waiter is
// never resumed: who makes one must deliver on every path.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "runtime/task.hpp"

namespace slipway::runtime {

template <class T>
class OneShot {
 public:
    OneShot() : state_(std::make_shared<State>()) {}

    // Thread-safe; a second delivery is ignored and answered false.
    bool deliver(T value) const {
        Handler handler;
        boost::asio::any_io_executor executor;
        {
            const std::scoped_lock lock(state_->mutex);
            if (state_->delivered) {
                return false;
            }
            state_->delivered = true;
            if (!state_->handler) {
                state_->value.emplace(std::move(value));
                return true;
            }
            handler = std::move(state_->handler);
            executor = std::move(state_->executor);
        }
        resume(executor, std::move(handler), std::move(value));
        return true;
    }

    // One waiter.
    Task<T> wait() const {
        auto state = state_;
        auto executor = co_await boost::asio::this_coro::executor;
        co_return co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable),
                                                       void(T)>(
            [](auto handler, std::shared_ptr<State> target, boost::asio::any_io_executor own) {
                Handler erased(std::move(handler));
                std::optional<T> ready;
                {
                    const std::scoped_lock lock(target->mutex);
                    if (!target->value) {
                        target->handler = std::move(erased);
                        target->executor = std::move(own);
                        return;
                    }
                    ready.swap(target->value);
                }
                resume(own, std::move(erased), std::move(*ready));
            },
            boost::asio::use_awaitable, state, executor);
    }

 private:
    using Handler = boost::asio::any_completion_handler<void(T)>;
    struct State {
        std::mutex mutex;
        bool delivered = false;
        std::optional<T> value;
        Handler handler;
        boost::asio::any_io_executor executor;
    };

    static void resume(const boost::asio::any_io_executor& executor, Handler handler, T value) {
        boost::asio::post(executor,
                          [handler = std::move(handler), value = std::move(value)]() mutable {
                              std::move(handler)(std::move(value));
                          });
    }

    std::shared_ptr<State> state_;
};

}  // namespace slipway::runtime
