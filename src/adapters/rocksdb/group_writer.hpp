// GroupWriter: the one thread that changes the catalog. It takes what waits, lets each request
// check and write in order, makes the group durable with one sync and answers all of it. It knows
// nothing of uploads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/transaction.hpp"
#include "base/result.hpp"
#include "ports/clock.hpp"
#include "runtime/one_shot.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::rocksdb {

struct GroupWriterOptions {
    // Requests that wait or are being written; one more is refused with Errc::unavailable.
    std::size_t queue_capacity = 8192;
    // A group ends at either bound; a request that is larger alone is a group of its own.
    std::size_t max_group_requests = 512;
    std::size_t max_group_bytes = std::size_t{1} << 20U;
    // How many requests are known to come soon: parts whose bytes are just being synced. While
    // there are any, a group that has fewer than `gather_requests` waits for them, at most
    // `gather_time`.
    std::function<std::size_t()> expected = {};
    std::size_t gather_requests = 8;
    std::chrono::milliseconds gather_time{10};
    // After each sync, on the writer's thread: how many requests it served and how long the commit
    // took.
    std::function<void(std::size_t requests, double seconds)> on_commit = {};
    // After a failed commit, on the writer's thread, before anyone is answered. Has to end the
    // process; where a test returns from it, the group's callers get outcome_unknown and every
    // later one unavailable.
    std::function<void(const Error&)> on_fatal = {};
};

class GroupWriter {
 public:
    // `clock` outlives the writer.
    GroupWriter(std::shared_ptr<Database> database, const ports::Clock& clock,
                GroupWriterOptions options);
    ~GroupWriter();
    GroupWriter(const GroupWriter&) = delete;
    GroupWriter& operator=(const GroupWriter&) = delete;

    // Calls `change(Transaction&) -> Result<T>` on the writer's thread and completes when what it
    // wrote is durable. A change that fails has written nothing. From any event loop; the writer
    // may be gone when it completes.
    template <class T, class Change>
    Task<Result<T>> run(Change change) {
        auto request = std::make_unique<TypedRequest<T, Change>>(std::move(change));
        const auto answer = request->answer();
        if (auto accepted = enqueue(std::move(request)); !accepted) {
            co_return std::unexpected(std::move(accepted.error()));
        }
        co_return co_await answer.wait();
    }

    // unavailable: stopped, or a commit failed.
    Result<> check_running() const;
    // Refuses new requests, commits those that wait, joins. Idempotent, thread-safe.
    void stop();
    std::size_t queue_depth() const;

 private:
    class Request {
     public:
        virtual ~Request() = default;
        virtual void evaluate(Transaction& changes) = 0;
        virtual void answer_result() = 0;
        virtual void answer_error(const Error& error) = 0;
    };
    using Queue = std::deque<std::unique_ptr<Request>>;

    template <class T, class Change>
    class TypedRequest final : public Request {
     public:
        explicit TypedRequest(Change change) : change_(std::move(change)) {}
        const runtime::OneShot<Result<T>>& answer() const { return answer_; }
        void evaluate(Transaction& changes) override { result_.emplace(change_(changes)); }
        void answer_result() override { answer_.deliver(std::move(*result_)); }
        void answer_error(const Error& error) override { answer_.deliver(std::unexpected(error)); }

     private:
        Change change_;
        std::optional<Result<T>> result_;
        runtime::OneShot<Result<T>> answer_;
    };

    Result<> enqueue(std::unique_ptr<Request> request);
    void work();
    Queue take_waiting();
    Queue evaluate_group(Queue& waiting, Transaction& changes) const;
    Result<> commit(Transaction& changes, std::size_t requests);
    void fail(Queue group, Queue waiting, const Error& error);
    void release(std::size_t requests);

    std::shared_ptr<Database> database_;
    const ports::Clock& clock_;
    GroupWriterOptions options_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Queue queue_;
    std::size_t depth_ = 0;
    bool stopping_ = false;
    bool failed_ = false;

    std::mutex join_mutex_;
    std::thread thread_;
};

}  // namespace slipway::adapters::rocksdb
