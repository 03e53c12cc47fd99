// The one retry(): bounded attempts, exponential backoff with full jitter, and the peer's own wish
// as a lower bound. What may be tried again is the attempt's judgement, because only it knows what
// a failure means. Full jitter: the delay is uniform in [0, min(max, base * 2^n)], which spreads
// the clients of a server that comes back.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "base/result.hpp"
#include "runtime/task.hpp"

namespace slipway::runtime {

struct RetryPolicy {
    std::chrono::milliseconds base{500};
    std::chrono::milliseconds max{30'000};
    unsigned max_attempts = 10;  // at least 1: the first try is one of them
};

enum class Again {
    no,
    yes,
    // Another try that is not one of max_attempts: whoever says so bounds it in another way, as by
    // time.
    uncounted,
};

// What came of one attempt. A result that is a success is final.
template <class T>
struct Tried {
    Result<T> result;
    Again again = Again::no;
    std::chrono::milliseconds not_before{0};  // what the peer asked for, as in Retry-After
};

// A failure that is followed by another attempt.
struct RetryNotice {
    unsigned attempt = 1;  // the number of the attempt that failed
    std::chrono::milliseconds delay{0};
    const Error* error = nullptr;  // for the duration of the call
};

// Where chance and time come from, so that tests decide them.
struct RetryWorld {
    std::function<double()> random;  // uniform in [0, 1)
    std::function<Task<void>(std::chrono::milliseconds)> sleep;
    std::function<void(const RetryNotice&)> on_retry;  // may be empty
};

// Chance from the operating system's seed, time from the executor that awaits. For use on one
// thread.
RetryWorld real_retry_world();

// The delay after `failures` failures (at least 1); `uniform` in [0, 1).
std::chrono::milliseconds backoff_delay(const RetryPolicy& policy, unsigned failures,
                                        double uniform);

// Calls `attempt(number)`, a Task<Tried<T>>, until it succeeds, says no, or the attempts are used
// up; then the last result. A task that is destroyed while it sleeps leaves nothing behind.
template <class T, class Attempt>
Task<Result<T>> retry(RetryPolicy policy, RetryWorld world, Attempt attempt) {
    unsigned counted = 0;
    for (unsigned number = 1;; ++number) {
        Tried<T> tried = co_await attempt(number);
        if (tried.result || tried.again == Again::no) {
            co_return std::move(tried.result);
        }
        counted += tried.again == Again::yes ? 1U : 0U;
        if (counted >= policy.max_attempts) {
            co_return std::move(tried.result);
        }
        const auto delay =
            std::max(backoff_delay(policy, number, world.random()), tried.not_before);
        if (world.on_retry) {
            const RetryNotice notice{number, delay, &tried.result.error()};
            world.on_retry(notice);
        }
        co_await world.sleep(delay);
    }
}

}  // namespace slipway::runtime
