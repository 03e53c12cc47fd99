// OneShot<T>: a value that one coroutine waits for and any thread delivers, once.
// The waiter resumes on its own executor. If every deliverer is gone without a value, the waiter is never resumed: who
// makes one must deliver on every path.
#pragma once

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
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
        }
        resume(std::move(handler), std::move(value));
        return true;
    }

    // One waiter.
    Task<T> wait() const {
        auto state = state_;
        co_return co_await boost::asio::async_initiate<decltype(boost::asio::use_awaitable), void(T)>(
            [](auto handler, std::shared_ptr<State> target) {
                Handler erased(std::move(handler));
                std::optional<T> ready;
                {
                    const std::scoped_lock lock(target->mutex);
                    if (!target->value) {
                        target->handler = std::move(erased);
                        return;
                    }
                    ready.swap(target->value);
                }
                resume(std::move(erased), std::move(*ready));
            },
            boost::asio::use_awaitable, state);
    }

 private:
    using Handler = boost::asio::any_completion_handler<void(T)>;
    struct State {
        std::mutex mutex;
        bool delivered = false;
        std::optional<T> value;
        Handler handler;
    };

    static void resume(Handler handler, T value) {
        auto executor = boost::asio::get_associated_executor(handler);
        boost::asio::post(executor, [handler = std::move(handler), value = std::move(value)]() mutable {
            std::move(handler)(std::move(value));
        });
    }

    std::shared_ptr<State> state_;
};

}  // namespace slipway::runtime
