// BlockingPool: the threads on which blocking system calls run, so that no event loop waits for a
// disk. Work that is handed in always runs to its end, also when its caller is gone. Over a loop
// instead of threads it blocks that loop: for simulations, in which one thread does all.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/one_shot.hpp"
#include "runtime/task.hpp"
#include "runtime/thread_priority.hpp"

namespace slipway::runtime {

class BlockingPool {
 public:
    explicit BlockingPool(std::size_t threads) : threads_(std::in_place, threads) {}
    // Work runs on the loop, in the order in which it was handed in and after what the loop has to
    // do already; whoever runs the loop sees to it that all is done before stop().
    explicit BlockingPool(boost::asio::io_context& loop) : loop_(&loop) {}
    ~BlockingPool() { stop(); }
    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;

    // Runs `work` (noexcept in effect, returning a value) on a pool thread; resumes on the caller's
    // executor.
    template <class Work>
    Task<std::invoke_result_t<Work>> run(Work work) {
        using Value = std::invoke_result_t<Work>;
        OneShot<Value> done;
        submit([work = std::move(work), done]() mutable { done.deliver(work()); });
        co_return co_await done.wait();
    }

    // Runs `work` with nobody waiting for it.
    template <class Work>
    void submit(Work work) {
        waiting_.fetch_add(1, std::memory_order_relaxed);
        auto counted = [this, work = std::move(work)]() mutable {
            waiting_.fetch_sub(1, std::memory_order_relaxed);
            work();
        };
        if (threads_) {
            boost::asio::post(*threads_, [counted = std::move(counted)]() mutable {
                run_as_blocking();
                counted();
            });
        } else {
            boost::asio::post(*loop_, std::move(counted));
        }
    }

    // Work handed in that no thread has begun.
    std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

    // Waits for all work; idempotent. Nothing may be handed in afterwards.
    void stop() {
        if (threads_) {
            threads_->join();
        }
    }

 private:
    boost::asio::io_context* loop_ = nullptr;
    std::optional<boost::asio::thread_pool> threads_;
    std::atomic<std::size_t> waiting_{0};
};

}  // namespace slipway::runtime
