// Database: changes and reads over the pool's connections, on a thread and an event loop of its
// own, for callers on any loop.
//
// A change is a transaction: it is repeated from its beginning where it met another one, and where
// its connection was lost before it was committed. Where the connection was lost while it was
// being committed, nobody knows whether it was: it is repeated then as well, told so, and finds
// what it would have changed either as it was or as it wanted it. A change that cannot find that
// out is not repeated; its caller gets outcome_unknown.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "adapters/mariadb/client/pool.hpp"
#include "adapters/mariadb/client/session.hpp"
#include "base/result.hpp"
#include "runtime/one_shot.hpp"
#include "runtime/sleep.hpp"
#include "runtime/task.hpp"

namespace slipway::adapters::mariadb {

// Whether this change may have been made already, by an attempt of which nobody knows the end.
enum class Attempt { first, after_unknown };
// Whether a change can tell that it has been made already.
enum class Repeatable { no, yes };

struct DatabaseOptions {
    PoolOptions pool;
    // How often a change that met another one is repeated, and for how long it is tried to find out
    // what became of a commit.
    runtime::RetryPolicy repeat{.base = std::chrono::milliseconds(5),
                                .max = std::chrono::milliseconds(200),
                                .max_attempts = 12};
    std::chrono::milliseconds find_out{15'000};
};

class Database final {
 public:
    explicit Database(DatabaseOptions options);
    // Ends what stop() ends.
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // Refuses new calls with Errc::unavailable, lets those under way end, closes the connections,
    // joins. Idempotent. Not from the loop.
    void stop();
    // Calls that have not ended.
    std::size_t running() const;

    // `body(Session&, Attempt)` is a Task<Result<T>> and called once for each attempt. An error
    // that no statement has led to is final, and nothing is changed then.
    template <class T, class Body>
    Task<Result<T>> change(Body body, Repeatable repeatable = Repeatable::yes) {
        co_return co_await call<T>(transact<T>(std::move(body), repeatable));
    }
    // `body(Session&)`, without a transaction: each statement is of its own moment.
    template <class T, class Body>
    Task<Result<T>> read(Body body) {
        co_return co_await call<T>(read_with<T>(std::move(body)));
    }
    // Runs the task on the loop and waits for it. A caller that goes away does not end it.
    template <class T>
    Task<Result<T>> call(Task<Result<T>> task) {
        if (!begin()) {
            co_return failure(Errc::unavailable, "the catalog is stopping");
        }
        runtime::OneShot<Result<T>> answer;
        boost::asio::co_spawn(
            loop_, std::move(task),
            [this, answer](const std::exception_ptr& thrown, Result<T> result) {
                // A broken invariant of a library: whoever waits is to hear of it.
                answer.deliver(thrown ? failure(Errc::internal, "MariaDB: the call was broken off")
                                      : std::move(result));
                end();
            });
        co_return co_await answer.wait();
    }

    // Runs the task on the loop beside whatever is under way there. Only from a call: stop() waits
    // for it as well.
    void spawn(Task<void> task);

    // On the loop: what change() does.
    template <class T, class Body>
    Task<Result<T>> transact(Body body, Repeatable repeatable);

 private:
    // How an attempt ended.
    enum class End { final, repeat, lost, unknown };
    template <class T>
    struct Tried {
        Result<T> result;
        End end = End::final;
    };

    template <class T, class Body>
    Task<Tried<T>> try_once(Body& body, Attempt attempt);
    template <class T, class Body>
    Task<Result<T>> read_with(Body body);
    static End end_of(const Session& session);
    bool begin();
    void end();

    const DatabaseOptions options_;
    const runtime::RetryWorld world_ = runtime::real_retry_world();
    mutable std::mutex mutex_;
    std::condition_variable ended_;
    std::size_t running_ = 0;
    bool stopping_ = false;

    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
        loop_.get_executor()};
    // The loop's alone.
    std::unique_ptr<Pool> pool_;
    std::thread thread_;
};

template <class T, class Body>
Task<Database::Tried<T>> Database::try_once(Body& body, Attempt attempt) {
    auto lease = co_await pool_->take();
    if (!lease) {
        co_return Tried<T>{std::unexpected(std::move(lease.error())), End::final};
    }
    Session& session = lease->session();
    if (auto started = co_await session.begin(); !started) {
        co_return Tried<T>{std::unexpected(std::move(started.error())), end_of(session)};
    }
    Result<T> result = co_await body(session, attempt);
    if (!result) {
        const End end = end_of(session);
        if (!session.is_lost()) {
            co_await session.roll_back();
        }
        co_return Tried<T>{std::move(result), end};
    }
    session.forget_failure();
    if (auto committed = co_await session.commit(); !committed) {
        co_return Tried<T>{std::unexpected(std::move(committed.error())),
                           session.is_lost() ? End::unknown : end_of(session)};
    }
    co_return Tried<T>{std::move(result), End::final};
}

template <class T, class Body>
Task<Result<T>> Database::transact(Body body, Repeatable repeatable) {
    Attempt attempt = Attempt::first;
    auto give_up_at = std::chrono::steady_clock::time_point::max();
    for (unsigned number = 1;; ++number) {
        Tried<T> tried = co_await try_once<T>(body, attempt);
        if (tried.result) {
            co_return std::move(tried.result);
        }
        if (tried.end == End::unknown && attempt == Attempt::first) {
            attempt = Attempt::after_unknown;
            give_up_at = std::chrono::steady_clock::now() + options_.find_out;
        }
        if (attempt == Attempt::after_unknown) {
            // What stands in the way now says nothing of the attempt before, but for a judgement.
            const bool judged =
                tried.end == End::final && tried.result.error().code != Errc::unavailable;
            if (judged && repeatable == Repeatable::yes) {
                co_return std::move(tried.result);
            }
            if (repeatable == Repeatable::no || std::chrono::steady_clock::now() > give_up_at) {
                co_return failure(Errc::outcome_unknown, tried.result.error().detail);
            }
        } else if (tried.end == End::final || number >= options_.repeat.max_attempts) {
            co_return std::move(tried.result);
        }
        co_await runtime::sleep_for(
            runtime::backoff_delay(options_.repeat, number, world_.random()));
    }
}

template <class T, class Body>
Task<Result<T>> Database::read_with(Body body) {
    constexpr unsigned kAttempts = 3;
    for (unsigned number = 1;; ++number) {
        auto lease = co_await pool_->take();
        if (!lease) {
            co_return std::unexpected(std::move(lease.error()));
        }
        Result<T> result = co_await body(lease->session());
        const End end = result ? End::final : end_of(lease->session());
        if (end == End::final || number >= kAttempts) {
            co_return result;
        }
    }
}

}  // namespace slipway::adapters::mariadb
