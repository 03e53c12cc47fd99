// Begun: a task that goes on by itself, beside whoever began it, and whose end may be waited for.
// It has to end by itself once nobody wants it any more: what it works with tells it so.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <utility>

#include "runtime/one_shot.hpp"
#include "runtime/task.hpp"

namespace slipway::runtime {

template <class T>
class Begun final {
 public:
    // On the loop of whoever awaits. What the task uses outlives it, or is its own.
    static Task<Begun> begin(Task<T> task) {
        Begun begun;
        auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::co_spawn(executor, std::move(task),
                              [ended = begun.ended_](std::exception_ptr thrown, T value) {
                                  ended.deliver({std::move(thrown), std::move(value)});
                              });
        co_return begun;
    }

    // Once. Throws what the task threw: a broken invariant of a library.
    Task<T> end() const {
        Ended ended = co_await ended_.wait();
        if (ended.thrown) {
            std::rethrow_exception(ended.thrown);
        }
        co_return std::move(ended.value);
    }

 private:
    struct Ended {
        std::exception_ptr thrown;
        T value;
    };
    Begun() = default;
    OneShot<Ended> ended_;
};

}  // namespace slipway::runtime
